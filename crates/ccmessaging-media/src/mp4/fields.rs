//! Reads fields of boxes.

use super::{BoxAt, InvalidBox};

/// Consecutive big-endian fields.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    pub(crate) fn number(&mut self) -> Option<u32> {
        let (&number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(number))
    }

    pub(crate) fn long(&mut self) -> Option<u64> {
        let (&number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(number))
    }

    /// Reads a field if it is there.
    pub(crate) fn number_if(&mut self, is_present: bool, default: u32) -> Option<u32> {
        if is_present {
            self.number()
        } else {
            Some(default)
        }
    }
}

/// Returns the media type of a track, such as `vide` or `soun`. It follows version, flags and an unused field
/// of `hdlr` (ISO/IEC 14496-12 section 8.4.3).
pub(crate) fn handler<'a>(trak: &BoxAt, file: &'a [u8]) -> Result<Option<&'a [u8]>, InvalidBox> {
    let hdlr = trak.descendant(file, &[*b"mdia", *b"hdlr"])?;
    Ok(hdlr.and_then(|hdlr| file[hdlr.payload].get(8..12)))
}

/// Reads the field after the two dates of `mvhd`, `tkhd` or `mdhd`, which have 64 bits each in version 1
/// (sections 8.2.2, 8.3.2 and 8.4.2).
pub(crate) fn number_after_dates(header: &BoxAt, file: &[u8]) -> Option<u32> {
    let payload = &file[header.payload.clone()];
    let offset = if payload.first() == Some(&1) { 20 } else { 12 };
    let &number = payload.get(offset..)?.first_chunk()?;
    Some(u32::from_be_bytes(number))
}
