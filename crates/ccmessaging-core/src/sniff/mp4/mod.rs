//! MP4, after ISO/IEC 14496-12 (the ISO base media file format) and 14496-14.
//!
//! A file is a sequence of boxes, each with its length and its type; `ftyp` names the brands. The
//! boxes are walked up to the movie.

mod brands;
mod movie;

pub(super) use brands::{Named, describe};
pub(super) use movie::is_movie;

use super::window::{Window, bytes_at};
use crate::content::Content;
use brands::FourCc;

/// The most boxes that are walked.
const MAX_BOXES: usize = 32;

/// Returns whether the content is an MP4 video container (fragmented ones included).
///
/// `ftyp` must come first, after free space and extensions at most, with a major brand that belongs
/// to no sibling (`QuickTime`, HEIF, M4A, 3GP ...). From there the lengths of the boxes must lead to the
/// movie: its data, its description or a fragment of it. Boxes of other types on the way are skipped,
/// known or not (ISO/IEC 14496-12 section 4.2). Without `ftyp`, or if none of its brands is known, the
/// movie's description must show that it is MP4 and not `QuickTime`.
///
/// A file may be cut off anywhere after the header of the movie's box, or after boxes that only a
/// movie has: its index (`sidx`) and what protects it (`pssh`, ISO/IEC 23001-7).
pub(super) fn is_mp4(content: &dyn Content) -> bool {
    let mut offset = 0;
    let mut brands = None;
    let mut is_part_of_movie = false;
    for _ in 0..MAX_BOXES {
        let Some(header) = BoxHeader::read(content, offset) else {
            return is_part_of_movie && content.len() < offset + 8;
        };
        match &header.kind {
            b"moov" | b"mdat" | b"moof" => {
                return brands == Some(Brands::Mp4) || is_movie(content, offset);
            }
            b"ftyp" if brands.is_some() => return false,
            b"ftyp" => match Brands::read(content, offset, &header) {
                Brands::OtherFormat => return false,
                known => brands = Some(known),
            },
            b"sidx" | b"pssh" if brands == Some(Brands::Mp4) => is_part_of_movie = true,
            b"free" | b"skip" | b"wide" | b"uuid" | b"pdin" => {}
            _ if brands.is_some() => {}
            _ => return false,
        }
        match offset.checked_add(header.length) {
            Some(next) if next <= content.len() => offset = next,
            _ => return is_part_of_movie,
        }
    }
    false
}

/// The kind of file that the brands of `ftyp` name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brands {
    Mp4,
    OtherFormat,
    Unknown,
}

impl Brands {
    fn read(content: &dyn Content, offset: usize, ftyp: &BoxHeader) -> Self {
        /// 62 compatible brands; real files have fewer than ten.
        const LONGEST: usize = 8 + 62 * 4;

        let window = Window::<LONGEST>::read(content, offset.saturating_add(ftyp.header_length));
        let payload = ftyp.length - ftyp.header_length;
        let bytes = window.bytes();
        let bytes = bytes.get(..payload).unwrap_or(bytes);
        let Some((&major, rest)) = bytes.split_first_chunk::<4>() else {
            return Self::Unknown;
        };
        let (compatible, _) = rest.get(4..).unwrap_or_default().as_chunks::<4>();
        if brands::other_format(major).is_some() {
            Self::OtherFormat
        } else if brands::is_mp4(major) || compatible.iter().any(|&brand| brands::is_mp4(brand)) {
            Self::Mp4
        } else {
            Self::Unknown
        }
    }
}

/// A box's length and type (ISO/IEC 14496-12 section 4.2).
pub(crate) struct BoxHeader {
    pub(crate) kind: FourCc,
    pub(crate) header_length: usize,
    /// The whole box, header included; as far as the address space goes.
    pub(crate) length: usize,
}

impl BoxHeader {
    pub(crate) fn read(content: &dyn Content, offset: usize) -> Option<Self> {
        let [l0, l1, l2, l3, kind @ ..] = bytes_at::<8>(content, offset)?;
        let (header_length, length) = match u32::from_be_bytes([l0, l1, l2, l3]) {
            0 => (8, content.len().saturating_sub(offset)),
            1 => {
                let long = bytes_at(content, offset.checked_add(8)?)?;
                let length = u64::from_be_bytes(long);
                (16, usize::try_from(length).unwrap_or(usize::MAX))
            }
            short => (8, usize::try_from(short).unwrap_or(usize::MAX)),
        };
        (length >= header_length).then_some(Self {
            kind,
            header_length,
            length,
        })
    }

    /// Returns whether the type is printable, as all registered ones are. Apple's may begin with a copyright sign.
    pub(crate) fn has_printable_type(&self) -> bool {
        self.kind
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~' | 0xA9))
    }
}
