//! Strips JPEG (ITU-T T.81, ISO/IEC 10918-1, annex B).
//!
//! A file is a sequence of segments, each after a marker; the header of a scan (SOS) is followed by coded
//! picture data up to the next marker. The walk skips what decoders skip: fill bytes, and stray bytes
//! and standalone markers between segments.

use std::ops::Range;

use memchr::memchr;

use super::tiff::ByteOrder;
use super::{
    Action, MetadataError, MetadataKind, Rewrite, StripLevel, StripResult, exif, location,
    photoshop,
};
use crate::Format;
use exif::IDENTIFIER as EXIF;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP13: u8 = 0xED;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";
const JFIF: &[u8] = b"JFIF\0";

/// Length of a JFIF segment without thumbnail: identifier, version, density, and the thumbnail's size.
const JFIF_LENGTH: usize = 14;

/// Length of Adobe's segment: identifier, version, two fields of flags, and the colour transform (ITU-T T.872
/// section 6.5.3).
const ADOBE_LENGTH: usize = 12;

pub(super) fn strip(file: &[u8], level: StripLevel) -> Result<StripResult<'_>, MetadataError> {
    let damaged = |position| MetadataError::Damaged {
        format: Format::Jpg,
        position,
    };
    if !file.starts_with(&[0xFF, SOI]) {
        return Err(damaged(0));
    }
    let mut rules = Rules {
        level,
        has_exif: false,
        needs_orientation: match first_exif(file) {
            // EXIF without an orientation is removed by `All`, but kept by `Location`, and read first.
            Some(block) => level == StripLevel::All && exif::orientation(block).is_none(),
            None => true,
        },
    };
    let mut rewrite = Rewrite::new(file);
    let mut has_scan = false;
    let mut at = 2;
    // The start of stray bytes to remove. Before the first scan, decoders skip bytes after any segment.
    // After it, only bytes after a removed segment are stray: they belong to it (its length is wrong),
    // and would be decoded as picture data if they stayed.
    let mut stray_from = Some(at);
    while let Some(marker) = Marker::find(file, at) {
        at = marker.end;
        let segment = match marker.code {
            SOI | EOI if has_scan => None,
            _ => match marker.segment(file) {
                Some(data) => Some(data),
                // Decoders treat an invalid marker within a scan as picture data, and skip a standalone one before.
                None if has_scan || marker.is_standalone() => continue,
                None => return Err(damaged(marker.start)),
            },
        };
        if let Some(end) = stray_from.take() {
            rewrite.remove(end..marker.start, MetadataKind::Unused);
        }
        let Some(data) = segment else {
            let end = if marker.code == EOI { at } else { marker.start };
            rewrite.remove(end..file.len(), MetadataKind::Unused);
            return Ok(rewrite.finish());
        };
        at = data.end;
        has_scan |= marker.code == SOS;
        if !has_scan {
            stray_from = Some(at);
        }
        match rules.apply(marker.code, &file[data.clone()]) {
            Action::Keep => {}
            Action::Remove(kind) => {
                rewrite.remove(marker.start..data.end, kind);
                stray_from = Some(at);
            }
            Action::Replace(new, kind) => {
                let length = u16::try_from(new.len() + 2).unwrap_or(u16::MAX);
                rewrite.replace(
                    data.start - 2..data.end,
                    &[&length.to_be_bytes(), &new],
                    kind,
                );
            }
        }
    }
    if !has_scan {
        return Err(damaged(file.len()));
    }
    if let Some(end) = stray_from {
        rewrite.remove(end..file.len(), MetadataKind::Unused);
    }
    Ok(rewrite.finish())
}

/// A marker: `FF` and a code other than 0 (which escapes an `FF` in picture data) and `FF` (fill).
struct Marker {
    /// The offset of the first `FF`; fill bytes may follow it.
    start: usize,
    code: u8,
    /// The offset after the code.
    end: usize,
}

impl Marker {
    /// Finds the first marker at or after `from`.
    fn find(file: &[u8], mut from: usize) -> Option<Self> {
        loop {
            let start = from + memchr(0xFF, file.get(from..)?)?;
            let run = file[start..]
                .iter()
                .take_while(|&&byte| byte == 0xFF)
                .count();
            let code_at = start + run;
            match *file.get(code_at)? {
                0 => from = code_at + 1,
                code => {
                    let end = code_at + 1;
                    return Some(Self { start, code, end });
                }
            }
        }
    }

    /// Returns whether it is TEM or RST0 to RST7, which have no segment and mean nothing outside a scan.
    const fn is_standalone(&self) -> bool {
        matches!(self.code, 0x01 | 0xD0..=0xD7)
    }

    /// Returns the range of the segment's data, clipped to the file; `None` if the marker has no segment.
    fn segment(&self, file: &[u8]) -> Option<Range<usize>> {
        let start = self.end;
        let (&length, _) = file.get(start..)?.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(length));
        // Table B.1 without standalone and reserved markers, and without hierarchical ones.
        let is_segment = matches!(
            self.code,
            0xC0..=0xC7 | 0xC9..=0xCF | SOS..=0xDE | APP0..=APP15 | COM
        );
        (is_segment && length >= 2).then(|| start + 2..(start + length).min(file.len()))
    }
}

/// Returns the EXIF block that readers use: the first before the first scan.
fn first_exif(file: &[u8]) -> Option<&[u8]> {
    let mut at = 2;
    loop {
        let marker = Marker::find(file, at)?;
        if marker.is_standalone() {
            at = marker.end;
            continue;
        }
        let data = marker.segment(file)?;
        at = data.end;
        match (marker.code, file[data].strip_prefix(EXIF)) {
            (APP1, Some(block)) => return Some(block),
            (SOS, _) => return None,
            _ => {}
        }
    }
}

/// Decides what to do with each segment.
struct Rules {
    level: StripLevel,
    /// Whether an EXIF segment was seen. Readers use the first, so its orientation is kept.
    has_exif: bool,
    /// Whether an orientation in removed XMP must be written to EXIF.
    needs_orientation: bool,
}

impl Rules {
    fn apply(&mut self, code: u8, data: &[u8]) -> Action {
        let is_all = self.level == StripLevel::All;
        match code {
            COM if is_all || location::names_location(data) => Action::Remove(MetadataKind::Text),
            APP0 if data.starts_with(JFIF) && is_all => without_thumbnail(data),
            APP0 if data.starts_with(JFIF) || data.starts_with(b"AVI1") => Action::Keep,
            APP0 if data.starts_with(b"JFXX\0") => Action::Remove(MetadataKind::Thumbnail),
            APP1 if data.starts_with(EXIF) => {
                let is_first = !std::mem::replace(&mut self.has_exif, true);
                if is_all && !is_first {
                    return Action::Remove(MetadataKind::Exif);
                }
                match exif::strip(&data[EXIF.len()..], self.level) {
                    Action::Replace(block, kind) => Action::Replace([EXIF, &block].concat(), kind),
                    action => action,
                }
            }
            APP1 if data.starts_with(XMP) => {
                let packet = &data[XMP.len()..];
                if is_all || location::xmp_has_location(packet) {
                    self.remove_xmp(packet)
                } else {
                    Action::Keep
                }
            }
            APP1 if data.starts_with(EXTENDED_XMP) => Action::Remove(MetadataKind::Xmp),
            APP2 if data.starts_with(b"ICC_PROFILE\0") => Action::Keep,
            APP13 if data.starts_with(PHOTOSHOP) && is_all => Action::Remove(MetadataKind::Iptc),
            APP13 if data.starts_with(PHOTOSHOP) => {
                match photoshop::strip_location(&data[PHOTOSHOP.len()..]) {
                    Action::Replace(resources, kind) => {
                        Action::Replace([PHOTOSHOP, &resources].concat(), kind)
                    }
                    action => action,
                }
            }
            APP14 if data.starts_with(b"Adobe") => match data.split_at_checked(ADOBE_LENGTH) {
                Some((adobe, rest)) if !rest.is_empty() => {
                    Action::Replace(adobe.to_vec(), MetadataKind::Vendor)
                }
                _ => Action::Keep,
            },
            APP0..=APP15 => Action::Remove(MetadataKind::Vendor),
            _ => Action::Keep,
        }
    }

    /// Removes an XMP packet, or replaces it with EXIF if the orientation is only there.
    fn remove_xmp(&mut self, packet: &[u8]) -> Action {
        let orientation = location::xmp_orientation(packet).filter(|_| self.needs_orientation);
        let block = orientation.and_then(|value| exif::with_orientation(value, ByteOrder::Big));
        let Some(block) = block else {
            return Action::Remove(MetadataKind::Xmp);
        };
        self.has_exif = true;
        self.needs_orientation = false;
        Action::Replace([EXIF, &block].concat(), MetadataKind::Xmp)
    }
}

/// Replaces a JFIF segment's thumbnail with one of 0 x 0 pixels.
fn without_thumbnail(jfif: &[u8]) -> Action {
    match jfif.split_first_chunk::<JFIF_LENGTH>() {
        Some((&[ref head @ .., _, _], thumbnail)) if !thumbnail.is_empty() => {
            Action::Replace([head.as_slice(), &[0, 0]].concat(), MetadataKind::Thumbnail)
        }
        _ => Action::Keep,
    }
}
