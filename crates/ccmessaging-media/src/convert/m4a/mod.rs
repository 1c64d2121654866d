//! Extracts AAC audio from MP4 (ISO/IEC 14496-12 and 14496-14) as ADTS frames.

mod adts;
mod edits;
mod track;

use std::ops::Range;

use super::ConvertError;
use crate::mp4::{Boxes, Fragments};
use adts::AdtsHeader;
use track::Track;

/// The number of bytes by which the result may exceed twice the file: short files may consist of very small frames.
const ALLOWANCE: usize = 64 * 1024;

/// Extracts the AAC audio of an MP4 as ADTS frames (ISO/IEC 14496-3 section 1.A.2.2).
///
/// Only frames inside the track's edit list are extracted, each preceded by the one that a decoder needs
/// to start there. The result is at most as long as the file plus 7 bytes for each frame, and at most
/// twice as long as the file plus 64 KiB.
///
/// # Errors
///
/// The structure is invalid or the file is truncated; there is not exactly one audio track, or there is
/// video; the codec is not AAC-LC or HE-AAC, or ADTS cannot express its configuration; or samples
/// overlap.
pub fn m4a_to_adts(file: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let track = find_track(file)?;
    let header = AdtsHeader::new(&track.config)?;

    // The first pass checks everything and measures the result.
    let limit = file.len().saturating_mul(2).saturating_add(ALLOWANCE);
    let mut size = 0;
    for_each_frame(&track, file, |frame| {
        header.of_frame(frame.len())?;
        size += adts::HEADER_BYTES + frame.len();
        if size > limit {
            let position = frame.start;
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
    let mut edits = track.edits.as_slice();
    let mut end_of_last = 0;
    let mut add = |range: Range<usize>, time: u64, duration: u32| {
        // Samples in file order cannot overlap, so the result cannot be much longer than the file.
        if range.start < end_of_last || range.is_empty() || range.end > file.len() {
            let position = range.start.min(file.len());
            return Err(ConvertError::Damaged { position });
        }
        end_of_last = range.end;
        if edits::needs(&mut edits, time, duration) {
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
    let mut fragments = Fragments {
        id: track.id,
        defaults: track.defaults,
        file,
        offset: 0,
        time,
    };
    for found in Boxes::of_file(file) {
        let found = found?;
        if found.kind == *b"moof" {
            fragments.for_each_sample(&found, &mut add)?;
        }
    }
    Ok(())
}
