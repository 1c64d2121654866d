//! Headers of movie, track and media. The layouts of `QuickTime` and MP4 agree except for a few fields
//! that MP4 reserves.

use crate::convert::ConvertError;
use crate::mp4::{BoxAt, write_box, write_payload};

/// The kinds of tracks that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrackKind {
    Video,
    Sound,
}

/// `und`, and `eng` for the Macintosh language code 0 (ISO/IEC 14496-12 section 8.4.2).
const UNDETERMINED: [u8; 2] = [0x55, 0xC4];
const ENGLISH: [u8; 2] = [0x15, 0xC7];

/// Returns where the dates and the duration of `mvhd`, `tkhd` or `mdhd` end: at `short`, or 12 bytes later in
/// version 1, which has them with 64 bits.
pub(super) fn end_of_dates(payload: &[u8], short: usize) -> usize {
    match payload.first() {
        Some(1) => short + 12,
        _ => short,
    }
}

/// Copies the payload of a header up to `length` bytes after its dates and duration. Returns it with their
/// end.
fn copy(
    header: &BoxAt,
    file: &[u8],
    short: usize,
    length: usize,
) -> Result<(Vec<u8>, usize), ConvertError> {
    let payload = &file[header.payload.clone()];
    let end = end_of_dates(payload, short);
    let payload = payload.get(..end + length).ok_or(header.invalid())?;
    Ok((payload.to_vec(), end))
}

/// Writes `mvhd` without preview, poster, selection and current time.
pub(super) fn write_mvhd(
    mvhd: &BoxAt,
    file: &[u8],
    output: &mut Vec<u8>,
) -> Result<(), ConvertError> {
    let (mut payload, end) = copy(mvhd, file, 20, 80)?;
    payload[end + 52..end + 76].fill(0);
    Ok(write_payload(output, *b"mvhd", &payload)?)
}

/// Writes `tkhd` without flags that only `QuickTime` defines.
pub(super) fn write_tkhd(
    tkhd: &BoxAt,
    file: &[u8],
    output: &mut Vec<u8>,
) -> Result<(), ConvertError> {
    let (mut payload, _) = copy(tkhd, file, 24, 60)?;
    // Enabled, in the movie, in the preview. The flags follow the version.
    payload[1..3].fill(0);
    payload[3] &= 7;
    Ok(write_payload(output, *b"tkhd", &payload)?)
}

/// Writes `mdhd` with a language of ISO 639-2 and without `QuickTime`'s quality.
pub(super) fn write_mdhd(
    mdhd: &BoxAt,
    file: &[u8],
    output: &mut Vec<u8>,
) -> Result<(), ConvertError> {
    let (mut payload, end) = copy(mdhd, file, 20, 4)?;
    let rest = &mut payload[end..];
    match u16::from_be_bytes([rest[0], rest[1]]) {
        0 => rest[..2].copy_from_slice(&ENGLISH),
        // Macintosh codes are below the first packed one.
        1..0x400 | 0x7FFF => rest[..2].copy_from_slice(&UNDETERMINED),
        _ => {}
    }
    rest[2..].fill(0);
    Ok(write_payload(output, *b"mdhd", &payload)?)
}

/// Writes `hdlr` without a name.
pub(super) fn write_hdlr(kind: TrackKind, output: &mut Vec<u8>) -> Result<(), ConvertError> {
    write_box(output, *b"hdlr", |output| {
        output.extend([0; 8]);
        output.extend(match kind {
            TrackKind::Video => *b"vide",
            TrackKind::Sound => *b"soun",
        });
        output.extend([0; 13]);
        Ok(())
    })
}

/// Writes `smhd` with the same balance.
pub(super) fn write_smhd(
    minf: &BoxAt,
    file: &[u8],
    output: &mut Vec<u8>,
) -> Result<(), ConvertError> {
    let smhd = minf.child(file, *b"smhd")?;
    let balance = smhd.and_then(|smhd| file[smhd.payload].get(4..6));
    write_box(output, *b"smhd", |output| {
        output.extend([0; 4]);
        output.extend(balance.unwrap_or(&[0; 2]));
        output.extend([0; 2]);
        Ok(())
    })
}
