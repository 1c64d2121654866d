//! The edit list: which parts of a track are played (ISO/IEC 14496-12 section 8.6.6).

use crate::convert::ConvertError;
use crate::mp4::BoxAt;

/// The most edits. Voice memos have one for each cut.
const MAX_EDITS: usize = 1024;

/// The played ranges of media time, in ascending order.
pub(super) struct Edits(Vec<Edit>);

#[derive(Clone, Copy)]
struct Edit {
    start: u64,
    end: u64,
}

/// The number of units per second in which a movie and one of its tracks count time.
#[derive(Clone, Copy)]
pub(super) struct TimeScales {
    pub(super) movie: u32,
    pub(super) media: u32,
}

impl Edits {
    /// Reads `elst`. Without one, the whole track is played.
    pub(super) fn read(
        elst: Option<&BoxAt>,
        file: &[u8],
        scales: TimeScales,
    ) -> Result<Self, ConvertError> {
        let mut edits = Vec::new();
        if let Some(elst) = elst {
            let position = elst.start;
            let entries = Entry::read_all(&file[elst.payload.clone()]);
            for entry in entries.ok_or(ConvertError::Damaged { position })? {
                let Some(start) = entry.start()? else {
                    continue;
                };
                let end = start.saturating_add(entry.media_duration(scales));
                let last_end = edits.last().map_or(0, |last: &Edit| last.end);
                if start < last_end || edits.len() == MAX_EDITS {
                    return Err(ConvertError::Edited);
                }
                edits.push(Edit { start, end });
            }
        }
        if edits.is_empty() {
            let (start, end) = (0, u64::MAX);
            edits.push(Edit { start, end });
        }
        Ok(Self(edits))
    }

    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor { rest: &self.0 }
    }
}

/// The edits that have not ended yet.
pub(super) struct Cursor<'a> {
    rest: &'a [Edit],
}

impl Cursor<'_> {
    /// Returns whether a frame is played, or is the one before: a decoder needs that to start. Times must
    /// be passed in ascending order.
    pub(super) fn needs(&mut self, time: u64, duration: u32) -> bool {
        while let Some((first, rest)) = self.rest.split_first()
            && first.end <= time
        {
            self.rest = rest;
        }
        let end_of_next = time.saturating_add(u64::from(duration) * 2);
        self.rest
            .first()
            .is_some_and(|edit| edit.start < end_of_next)
    }
}

struct Entry {
    /// In the movie's time scale; 0 means up to the end.
    duration: u64,
    /// In the media's time scale; -1 for a pause.
    time: i64,
    /// A fixed-point number with 16 bits after the point.
    rate: u32,
}

impl Entry {
    fn read_all(payload: &[u8]) -> Option<Vec<Self>> {
        let count = usize::try_from(u32::from_be_bytes(*payload.get(4..)?.first_chunk()?)).ok()?;
        let entries = &payload[8..];
        // More than the limit are refused by the caller.
        if payload[0] == 1 {
            let (entries, _) = entries.as_chunks();
            let entries = entries.get(..count)?.iter().take(MAX_EDITS + 1);
            entries.map(Self::long).collect()
        } else {
            let (entries, _) = entries.as_chunks();
            let entries = entries.get(..count)?.iter().take(MAX_EDITS + 1);
            entries.map(Self::short).collect()
        }
    }

    fn long(entry: &[u8; 20]) -> Option<Self> {
        Some(Self {
            duration: u64::from_be_bytes(*entry.first_chunk()?),
            time: i64::from_be_bytes(*entry[8..].first_chunk()?),
            rate: u32::from_be_bytes(*entry[16..].first_chunk()?),
        })
    }

    fn short(entry: &[u8; 12]) -> Option<Self> {
        Some(Self {
            duration: u32::from_be_bytes(*entry.first_chunk()?).into(),
            time: i32::from_be_bytes(*entry[4..].first_chunk()?).into(),
            rate: u32::from_be_bytes(*entry[8..].first_chunk()?),
        })
    }

    /// Returns the media time at which the edit starts; `None` for a pause.
    fn start(&self) -> Result<Option<u64>, ConvertError> {
        match (self.time, self.rate) {
            (-1, _) => Ok(None),
            (time, 0x1_0000) => u64::try_from(time)
                .map(Some)
                .map_err(|_| ConvertError::Edited),
            _ => Err(ConvertError::Edited),
        }
    }

    /// Returns the duration in the media's time scale, rounded up.
    fn media_duration(&self, scales: TimeScales) -> u64 {
        if self.duration == 0 {
            return u64::MAX;
        }
        let duration = u128::from(self.duration) * u128::from(scales.media);
        let duration = duration.div_ceil(u128::from(scales.movie.max(1)));
        u64::try_from(duration).unwrap_or(u64::MAX)
    }
}
