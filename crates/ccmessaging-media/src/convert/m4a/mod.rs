//! Extracts AAC audio from MP4 (ISO/IEC 14496-12 and 14496-14) as ADTS frames.

mod adts;
mod defaults;
mod edits;
mod fragments;
mod track;

use std::ops::Range;

use super::ConvertError;
use crate::mp4::Boxes;
use adts::AdtsHeader;
use fragments::Fragments;
use track::Track;

/// How much longer than twice the file the result may be: short files may consist of very small frames.
const ALLOWANCE: usize = 64 * 1024;

pub(super) fn to_adts(file: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let track = find_track(file)?;
    let header = AdtsHeader::new(&track.config)?;

    // The first pass checks everything and measures the result.
    let limit = file.len().saturating_mul(2).saturating_add(ALLOWANCE);
    let mut size = 0;
    for_each_frame(&track, file, |frame| {
        header.of_frame(frame.len())?;
        size += adts::HEADER_BYTES + frame.len();
        let position = frame.start;
        if size > limit {
            return Err(ConvertError::Damaged { position });
        }
        Ok(())
    })?;
    if size == 0 {
        return Err(ConvertError::NoAudio);
    }

    let mut output = Vec::with_capacity(size);
    for_each_frame(&track, file, |frame| {
        output.extend(header.of_frame(frame.len())?);
        output.extend_from_slice(&file[frame]);
        Ok(())
    })?;
    Ok(output)
}

fn find_track(file: &[u8]) -> Result<Track<'_>, ConvertError> {
    for found in Boxes::of_file(file) {
        let found = found?;
        if found.kind == *b"moov" {
            return Track::find(&found, file);
        }
    }
    let position = file.len();
    Err(ConvertError::Damaged { position })
}

/// Calls `visit` with the byte range of each frame that is played, in order: first the movie's samples,
/// then those of its fragments.
fn for_each_frame(
    track: &Track<'_>,
    file: &[u8],
    mut visit: impl FnMut(Range<usize>) -> Result<(), ConvertError>,
) -> Result<(), ConvertError> {
    let mut edits = track.edits.cursor();
    let mut end_of_last = 0;
    let mut add = |range: Range<usize>, time: u64, duration: u32| {
        // Samples in file order cannot overlap, so the result cannot be much longer than the file.
        if range.start < end_of_last || range.is_empty() || range.end > file.len() {
            let position = range.start.min(file.len());
            return Err(ConvertError::Damaged { position });
        }
        end_of_last = range.end;
        if edits.needs(time, duration) {
            visit(range)
        } else {
            Ok(())
        }
    };
    let mut time = 0_u64;
    let visit_sample = |range, duration: u32| {
        add(range, time, duration)?;
        time = time.saturating_add(duration.into());
        Ok(())
    };
    track
        .samples
        .for_each_sample::<ConvertError>(visit_sample)?;
    let mut fragments = Fragments { track, file, time };
    for found in Boxes::of_file(file) {
        let found = found?;
        if found.kind == *b"moof" {
            fragments.for_each_sample(&found, &mut add)?;
        }
    }
    Ok(())
}
