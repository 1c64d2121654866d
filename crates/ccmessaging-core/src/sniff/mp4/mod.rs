//! MP4, after ISO/IEC 14496-12 (the ISO base media file format) and 14496-14.
//!
//! A file is a sequence of boxes, each with its length and its type; `ftyp` names the brands. The
//! boxes are walked up to the first that carries the film or its description.

mod brands;

pub(super) use brands::{FourCc, Named, other_format};

use super::window::{Window, bytes_at};
use crate::Content;

/// More boxes than this before the film or its description are nobody's work.
const MAX_BOXES: usize = 32;

/// Whether the content is an MP4 video container (fragmented ones included).
///
/// `ftyp` must be there, behind free space at most, with a major brand that belongs to no sibling
/// (QuickTime, HEIF, M4A, 3GP ...) and with at least one brand of the MP4 family. Whatever follows
/// must be boxes of known types, so that the brand alone is not enough.
pub(super) fn is_mp4<C: Content + ?Sized>(content: &C) -> bool {
    let mut offset = 0;
    let mut has_brand = false;
    for _ in 0..MAX_BOXES {
        if offset == content.len() || (has_brand && is_padding(content, offset)) {
            return has_brand;
        }
        let Some(header) = BoxHeader::read(content, offset) else {
            return false;
        };
        match header.role() {
            Role::Brand if has_brand => return false,
            Role::Brand => has_brand = is_mp4_brand(content, offset, &header),
            Role::Media => return has_brand,
            Role::Space => {}
            Role::Aside if has_brand => {}
            Role::Aside | Role::Unknown => return false,
        }
        match offset.checked_add(header.length) {
            Some(next) if next <= content.len() => offset = next,
            // Cut off inside a box that may be long; a cut ftyp proves nothing.
            _ => return has_brand && header.role() != Role::Brand,
        }
    }
    false
}

/// The major brand and the compatible brands of a file whose `ftyp` box comes where it may.
fn is_mp4_brand<C: Content + ?Sized>(content: &C, offset: usize, ftyp: &BoxHeader) -> bool {
    /// 62 compatible brands; real files have fewer than ten.
    const LONGEST: usize = 8 + 62 * 4;

    let window = Window::<LONGEST>::read(content, offset.saturating_add(ftyp.header_length));
    let payload = ftyp.length - ftyp.header_length;
    let bytes = window.bytes();
    let bytes = bytes.get(..payload).unwrap_or(bytes);
    let Some((&major, rest)) = bytes.split_first_chunk::<4>() else {
        return false;
    };
    let (brands, _) = rest.get(4..).unwrap_or_default().as_chunks::<4>();
    other_format(major).is_none()
        && (brands::is_mp4(major) || brands.iter().any(|&brand| brands::is_mp4(brand)))
}

/// Fewer than 8 bytes, or zeros: what some writers leave behind the last box.
fn is_padding<C: Content + ?Sized>(content: &C, offset: usize) -> bool {
    bytes_at(content, offset).is_none_or(|bytes| bytes == [0; 8])
}

/// A box's length and type (ISO/IEC 14496-12 section 4.2).
struct BoxHeader {
    kind: FourCc,
    header_length: usize,
    /// The whole box, header included; as far as the address space goes.
    length: usize,
}

/// What a top-level box is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Brand,
    /// The film, its description or a fragment of it.
    Media,
    /// Free space and extensions, which may precede `ftyp`.
    Space,
    /// Indices, segments' brands and other known matter, which may not.
    Aside,
    Unknown,
}

impl BoxHeader {
    fn read<C: Content + ?Sized>(content: &C, offset: usize) -> Option<Self> {
        let [l0, l1, l2, l3, kind @ ..] = bytes_at::<8, _>(content, offset)?;
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

    fn role(&self) -> Role {
        match &self.kind {
            b"ftyp" => Role::Brand,
            b"moov" | b"mdat" | b"moof" => Role::Media,
            b"free" | b"skip" | b"wide" | b"uuid" | b"pdin" => Role::Space,
            b"styp" | b"sidx" | b"ssix" | b"prft" | b"emsg" | b"meta" | b"meco" | b"mfra"
            | b"udta" | b"imda" | b"pnot" | b"PICT" | b"junk" | b"bloc" | b"ainf" | b"beam"
            | b"frea" | b"inst" | b"thum" | b"sefd" | b"cbmc" | b"vrco" => Role::Aside,
            _ => Role::Unknown,
        }
    }
}
