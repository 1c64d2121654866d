//! The edit list: which parts of a track are played (ISO/IEC 14496-12 section 8.6.6).

use std::ops::Range;

use crate::convert::ConvertError;
use crate::mp4::{BoxAt, Fields};

/// The most edits. Voice memos have one for each cut.
const MAX_EDITS: usize = 1024;

/// The normal speed: a fixed-point number with 16 bits after the point.
const NORMAL_RATE: u32 = 0x1_0000;

/// The number of units per second in which a movie and one of its tracks count time.
#[derive(Clone, Copy)]
pub(super) struct TimeScales {
    pub(super) movie: u32,
    pub(super) media: u32,
}

/// Reads the played ranges of media time, in ascending order. Without `elst`, the whole track is played.
pub(super) fn read(
    elst: Option<&BoxAt>,
    file: &[u8],
    scales: TimeScales,
) -> Result<Vec<Range<u64>>, ConvertError> {
    let mut edits: Vec<Range<u64>> = Vec::new();
    let unit = media_duration(1, scales);
    if let Some(elst) = elst {
        let damaged = elst.invalid();
        let mut fields = Fields(&file[elst.payload.clone()]);
        let is_long = fields.number().ok_or(damaged)? >> 24 == 1;
        let count = fields.number().ok_or(damaged)?;
        for _ in 0..count {
            let (duration, time, rate) = read_entry(&mut fields, is_long).ok_or(damaged)?;
            // A pause.
            if time == -1 {
                continue;
            }
            let start = u64::try_from(time).map_err(|_| ConvertError::Edited)?;
            let last = edits.last().cloned().unwrap_or_default();
            // Durations are multiples of the movie's unit, so the end of an edit may exceed the start of the next.
            let is_earlier = start < last.start || start.saturating_add(unit) < last.end;
            if rate != NORMAL_RATE || is_earlier || edits.len() == MAX_EDITS {
                return Err(ConvertError::Edited);
            }
            edits.push(start..start.saturating_add(media_duration(duration, scales)));
        }
    }
    if edits.is_empty() {
        edits.push(0..u64::MAX);
    }
    Ok(edits)
}

/// Reads the duration in the movie's time scale, the media time, and the rate.
fn read_entry(fields: &mut Fields<'_>, is_long: bool) -> Option<(u64, i64, u32)> {
    let (duration, time) = if is_long {
        (fields.long()?, fields.long()?.cast_signed())
    } else {
        (
            fields.number()?.into(),
            fields.number()?.cast_signed().into(),
        )
    };
    Some((duration, time, fields.number()?))
}

/// Converts a duration from the movie's time scale to the media's, rounded up; 0 means up to the end.
fn media_duration(duration: u64, scales: TimeScales) -> u64 {
    if duration == 0 {
        return u64::MAX;
    }
    let duration = u128::from(duration) * u128::from(scales.media);
    let duration = duration.div_ceil(u128::from(scales.movie.max(1)));
    u64::try_from(duration).unwrap_or(u64::MAX)
}

/// Returns whether a frame is played, or is the one before: a decoder needs that to start. Removes the edits
/// that have ended, so times must be passed in ascending order.
pub(super) fn needs(edits: &mut &[Range<u64>], time: u64, duration: u32) -> bool {
    while let Some((first, rest)) = edits.split_first()
        && first.end <= time
    {
        *edits = rest;
    }
    let end_of_next = time.saturating_add(u64::from(duration) * 2);
    edits.first().is_some_and(|edit| edit.start < end_of_next)
}
