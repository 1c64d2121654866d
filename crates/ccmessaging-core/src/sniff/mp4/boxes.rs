//! Box headers, and what top-level boxes are there for.

use super::brands::FourCc;
use crate::Content;
use crate::sniff::window::bytes_at;

/// A box's length and type (ISO/IEC 14496-12 section 4.2).
pub(super) struct BoxHeader {
    pub(super) kind: FourCc,
    pub(super) header_length: usize,
    /// The whole box, header included; as far as the address space goes.
    pub(super) length: usize,
}

/// What a top-level box is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
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
    pub(super) fn read<C: Content + ?Sized>(content: &C, offset: usize) -> Option<Self> {
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

    pub(super) fn role(&self) -> Role {
        match &self.kind {
            b"ftyp" => Role::Brand,
            b"moov" | b"mdat" | b"moof" => Role::Media,
            b"free" | b"skip" | b"wide" | b"uuid" | b"pdin" => Role::Space,
            b"styp" | b"sidx" | b"ssix" | b"prft" | b"emsg" | b"meta" | b"meco" | b"mfra"
            | b"udta" | b"imda" | b"pnot" | b"PICT" | b"junk" | b"bloc" | b"ainf" | b"beam"
            | b"pssh" | b"frea" | b"inst" | b"thum" | b"sefd" | b"cbmc" | b"vrco" => Role::Aside,
            _ => Role::Unknown,
        }
    }
}
