//! Converts `QuickTime` movies (Apple's `QuickTime` File Format) to MP4 (ISO/IEC 14496-12 and 14496-14).

mod description;
mod headers;
mod movie;
mod track;

use std::ops::Range;

use super::ConvertError;
use crate::mp4::{BoxAt, Boxes};
use movie::Movie;

/// Brands for a file of any size of `ftyp`: MP4 version 2, and the base format.
const BRANDS: [[u8; 4]; 2] = [*b"isom", *b"mp42"];

/// A box header with a length of 32 bits.
const HEADER_BYTES: usize = 8;

/// Converts a `QuickTime` movie to an MP4 in place.
///
/// The media data keeps its offsets. The description (`moov`) is rewritten where it was; if the new one
/// does not fit, it is appended, and the old one becomes free space.
///
/// - The tracks are video and sound. All other tracks (timed metadata, time code, text, chapters) are
///   dropped, and so are disabled tracks and alternates that MP4 cannot hold if another one remains.
/// - Every byte of the media data that no remaining track uses becomes zero, so the positions of a GPS
///   track are gone.
/// - User data, `QuickTime` metadata and boxes that only `QuickTime` defines are dropped. Edit lists,
///   dates and colours stay.
///
/// Converting the result again changes nothing.
///
/// The time is linear in the file's length. In addition to the file, the new description and the list of
/// used ranges are in memory; each is at most about as long as the old description.
///
/// # Errors
///
/// The structure is invalid or the file is truncated; a codec is not supported; or the media is in
/// other files or in fragments.
pub fn mov_to_mp4(mut file: Vec<u8>) -> Result<Vec<u8>, ConvertError> {
    let moov = survey(&file)?;
    let movie = Movie::read(&moov, &file)?;
    let used = movie.used_ranges(&file)?;
    let description = movie.write(&file)?;
    edit(&mut file, &used)?;
    place(&mut file, &moov, &description)?;
    Ok(file)
}

/// Finds the description.
fn survey(file: &[u8]) -> Result<BoxAt, ConvertError> {
    let mut description: Option<BoxAt> = None;
    // Readers stop at an invalid box too.
    for found in Boxes::of_file(file).map_while(Result::ok) {
        match &found.kind {
            b"moof" => return Err(ConvertError::Fragmented),
            b"moov" if description.is_some() => {
                return Err(found.invalid().into());
            }
            b"moov" => description = Some(found),
            _ => {}
        }
    }
    let position = file.len();
    description.ok_or(ConvertError::Damaged { position })
}

/// Edits the top-level boxes except the description. Whatever no sample uses becomes free space, and
/// what follows the last valid box is cut off.
fn edit(file: &mut Vec<u8>, mut used: &[Range<usize>]) -> Result<(), ConvertError> {
    let mut position = 0;
    let mut last = None;
    while let Some(Ok(found)) = Boxes::of_file_from(file, position).next() {
        match &found.kind {
            b"mdat" => {
                let count = used.partition_point(|range| range.start < found.end());
                let (inside, behind) = used.split_at(count);
                let is_inside = inside.iter().all(|range| {
                    found.payload.start <= range.start && range.end <= found.payload.end
                });
                if !is_inside {
                    return Err(found.invalid().into());
                }
                clear_between(file, &found, inside);
                used = behind;
            }
            b"moov" => {}
            b"ftyp" => write_brands(&mut file[found.payload.clone()]),
            _ => {
                file[found.start + 4..found.start + 8].copy_from_slice(b"free");
                file[found.payload.clone()].fill(0);
            }
        }
        position = found.end();
        last = Some(found);
    }
    // Samples outside the media data: later conversions would overwrite them.
    if let Some(range) = used.first() {
        let position = range.start.min(file.len());
        return Err(ConvertError::Damaged { position });
    }
    file.truncate(position);
    last.map_or(Ok(()), |last| write_length(file, &last))
}

/// Clears the bytes of a media data box that are in no range.
fn clear_between(file: &mut [u8], mdat: &BoxAt, inside: &[Range<usize>]) {
    let mut position = mdat.payload.start;
    for range in inside {
        file[position..range.start].fill(0);
        position = range.end;
    }
    file[position..mdat.payload.end].fill(0);
}

/// Fills `ftyp`: major brand, minor version, compatible brands.
fn write_brands(payload: &mut [u8]) {
    let (brands, rest) = payload.as_chunks_mut::<4>();
    rest.fill(0);
    for (index, brand) in brands.iter_mut().enumerate() {
        *brand = match index {
            0 => *b"mp42",
            1 => [0; 4],
            _ => BRANDS[index % BRANDS.len()],
        };
    }
}

/// Writes the actual length of the last box, which may extend to the end of the file or past it.
fn write_length(file: &mut [u8], last: &BoxAt) -> Result<(), ConvertError> {
    let length = last.end() - last.start;
    if last.payload.start - last.start == HEADER_BYTES {
        let length = u32::try_from(length).map_err(|_| last.invalid())?;
        file[last.start..last.start + 4].copy_from_slice(&length.to_be_bytes());
    } else {
        // The length of 64 bits follows the type.
        let length = u64::try_from(length).map_err(|_| last.invalid())?;
        file[last.start + 8..last.start + 16].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// Puts the new description in the old one's place if it fits there, at the end of the file otherwise.
fn place(file: &mut Vec<u8>, moov: &BoxAt, description: &[u8]) -> Result<(), ConvertError> {
    let old = moov.start..moov.end().min(file.len());
    if old.end == file.len() {
        file.truncate(old.start);
        file.extend_from_slice(description);
        return Ok(());
    }
    match old.len().checked_sub(description.len()) {
        Some(gap) if gap == 0 || gap >= HEADER_BYTES => {
            // The rest has room for the header of a free box.
            let (start, rest) = file[old].split_at_mut(description.len());
            start.copy_from_slice(description);
            free(rest, moov)
        }
        _ => {
            free(&mut file[old], moov)?;
            file.extend_from_slice(description);
            Ok(())
        }
    }
}

/// Makes a range, if it is not empty, a free box of zeros.
fn free(range: &mut [u8], moov: &BoxAt) -> Result<(), ConvertError> {
    let length = u32::try_from(range.len()).map_err(|_| moov.invalid())?;
    range.fill(0);
    if let Some(header) = range.first_chunk_mut::<HEADER_BYTES>() {
        header[..4].copy_from_slice(&length.to_be_bytes());
        header[4..].copy_from_slice(b"free");
    }
    Ok(())
}
