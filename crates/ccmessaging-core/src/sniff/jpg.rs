//! JPEG, after ITU-T T.81 (ISO/IEC 10918-1) annex B.
//!
//! A JPEG begins with the marker SOI (`FF D8`), and the next thing in it is another marker. Only
//! that first segment is examined: writers of real files get the lengths of segments wrong often
//! enough, the first one's included, that walking them would refuse photos which every viewer shows.

use super::window::{Window, bytes_at};
use crate::Content;

/// Start of image.
const SOI: [u8; 2] = [0xFF, 0xD8];

/// Identifiers that open the first application segment of real files: JFIF (ITU-T T.871), Exif
/// (JEITA CP-3451), XMP, ICC, MPO (CIPA DC-007), Adobe, and those of older cameras and tools.
const IDENTIFIERS: [&[u8]; 15] = [
    b"JFIF\0",
    b"JFXX\0",
    b"Exif\0",
    b"http://ns.adobe.com/",
    b"ICC_PROFILE\0",
    b"MPF\0",
    b"Adobe",
    b"Photoshop ",
    b"Ducky",
    b"AVI1",
    b"mjpg",
    b"FPXR\0",
    b"Meta\0",
    b"META\0",
    b"SPIFF\0",
];

/// Whether the content is a JPEG image.
///
/// The first segment must have a code that may follow SOI and a length of at least 2 (the length
/// counts itself). What it holds is free, since any camera may name an application segment as it
/// likes.
pub(super) fn is_jpg<C: Content + ?Sized>(content: &C) -> bool {
    FirstSegment::find(Window::<512>::read(content, 0).bytes()).is_some()
}

/// Whether content that could be text as well is a JPEG image all the same.
///
/// In Windows-1252 the first bytes of a JPEG are letters, so here the first segment must also prove
/// itself by what it holds or by where it ends: by a known identifier, by the next marker standing
/// exactly behind it, or, where the file is cut off inside it, by being a segment without free
/// content.
pub(super) fn is_jpg_and_no_text<C: Content + ?Sized>(content: &C) -> bool {
    let head = Window::<512>::read(content, 0);
    let Some(segment) = FirstSegment::find(head.bytes()) else {
        return false;
    };
    let code = segment.code;
    if is_application(code) && has_known_identifier(segment.data) {
        return true;
    }
    match bytes_at::<1, _>(content, segment.end) {
        Some([byte]) => byte == 0xFF,
        None => !is_application(code) && code != COMMENT,
    }
}

/// The segment behind SOI.
struct FirstSegment<'a> {
    code: u8,
    /// As much of its content, and of what follows, as the head has.
    data: &'a [u8],
    /// The offset of what follows.
    end: usize,
}

impl<'a> FirstSegment<'a> {
    fn find(head: &'a [u8]) -> Option<Self> {
        let rest = head.strip_prefix(&SOI)?;
        // T.81 B.1.1.2: any marker may be preceded by any number of fill bytes FF.
        let fill = rest.iter().take_while(|&&byte| byte == 0xFF).count();
        let (&[code, high, low], data) = rest.get(fill..)?.split_first_chunk::<3>()?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        (fill > 0 && may_follow_soi(code) && length >= 2).then_some(Self {
            code,
            data,
            end: SOI.len() + fill + 1 + length,
        })
    }
}

/// The comment segment, whose content is free.
const COMMENT: u8 = 0xFE;

/// `SOFn`, DHT and DAC (C0 to CF), SOS to DRI (DA to DD), DHP (DE), `APPn` (E0 to EF) and COM, as
/// table B.1 has them. C8 is reserved; F7 would be JPEG-LS (ITU-T T.87), which is another format.
fn may_follow_soi(code: u8) -> bool {
    matches!(code, 0xC0..=0xC7 | 0xC9..=0xCF | 0xDA..=0xDE | COMMENT) || is_application(code)
}

fn is_application(code: u8) -> bool {
    matches!(code, 0xE0..=0xEF)
}

/// Compares as much of an identifier as the file has; an empty rest proves nothing.
fn has_known_identifier(data: &[u8]) -> bool {
    IDENTIFIERS.iter().any(|identifier| {
        let count = data.len().min(identifier.len());
        count >= 4 && data[..count] == identifier[..count]
    })
}
