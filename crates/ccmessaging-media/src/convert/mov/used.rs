//! The byte ranges of the file that the remaining tracks use.

use std::ops::Range;

use crate::convert::ConvertError;
use crate::mp4::{SampleTables, sort_and_merge};

/// Byte ranges in ascending order that neither overlap nor touch.
pub(super) struct UsedRanges(Vec<Range<usize>>);

impl UsedRanges {
    /// Collects the chunks of all tracks.
    pub(super) fn collect(
        tracks: &[SampleTables<'_>],
        file_length: usize,
    ) -> Result<Self, ConvertError> {
        // Bounds the list's memory to the file's length. More ranges would need chunks of less than 16 bytes
        // on average, or chunks that are listed twice, as in crafted files.
        let max_ranges = file_length / size_of::<Range<usize>>();
        let mut used: Vec<Range<usize>> = Vec::new();
        for track in tracks {
            for chunk in track.chunk_ranges() {
                let chunk = chunk?;
                if chunk.end > file_length {
                    return Err(track.invalid().into());
                }
                let is_full = used.len() == max_ranges;
                match used.last_mut() {
                    Some(last) if last.end == chunk.start => last.end = chunk.end,
                    _ if chunk.is_empty() => {}
                    _ if is_full => return Err(track.invalid().into()),
                    _ => used.push(chunk),
                }
            }
        }
        sort_and_merge(&mut used);
        if used.is_empty() {
            return Err(ConvertError::NoVideo);
        }
        Ok(Self(used))
    }

    pub(super) fn ranges(&self) -> &[Range<usize>] {
        &self.0
    }
}
