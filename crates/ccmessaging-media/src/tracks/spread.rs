//! Chooses samples that are spread over a track.

use std::ops::Range;

use crate::mp4::SampleTables;

/// The maximum number of a track's samples that are located: 18 minutes of video at 60 frames per second.
const MAX_LOCATED: usize = 65_536;

/// The maximum number of samples of a track.
const MAX_SAMPLES: usize = 256;

/// Every sample of a short track, and every second, fourth ... one of a longer track.
pub(super) struct Spread {
    pub(super) samples: Vec<Range<usize>>,
    step: usize,
    located: usize,
}

impl Default for Spread {
    fn default() -> Self {
        Self {
            samples: Vec::new(),
            step: 1,
            located: 0,
        }
    }
}

impl Spread {
    /// Adds the next sample of the track. Returns an error if no more may be added.
    pub(super) fn add<E>(&mut self, range: Range<usize>, full: E) -> Result<(), E> {
        if self.located.is_multiple_of(self.step) {
            if self.samples.len() == MAX_SAMPLES {
                let mut is_kept = false;
                self.samples.retain(|_| {
                    is_kept = !is_kept;
                    is_kept
                });
                self.step *= 2;
            }
            self.samples.push(range);
        }
        self.located += 1;
        if self.located < MAX_LOCATED {
            Ok(())
        } else {
            Err(full)
        }
    }
}

/// Returns samples that tables locate. Those after a contradiction in the tables are missing.
pub(super) fn of_tables(tables: &SampleTables) -> Vec<Range<usize>> {
    let mut samples = Spread::default();
    // An error ends the iteration.
    let _ = tables.for_each_sample(|range, _| samples.add(range, tables.invalid));
    samples.samples
}
