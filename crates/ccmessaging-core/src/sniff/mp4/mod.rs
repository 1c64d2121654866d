//! MP4, after ISO/IEC 14496-12 (the ISO base media file format) and 14496-14.
//!
//! A file is a sequence of boxes, each with its length and its type; `ftyp` names the brands. The
//! boxes are walked up to the first that carries the film or its description.

mod boxes;
mod brands;
mod untyped;

pub(super) use brands::{Named, describe};

use super::window::{Window, bytes_at};
use crate::Content;
use boxes::{BoxHeader, Role};

/// More boxes than this before the film or its description are nobody's work.
const MAX_BOXES: usize = 32;

/// Whether the content is an MP4 video container (fragmented ones included).
///
/// `ftyp` must be there, behind free space at most, with a major brand that belongs to no sibling
/// (`QuickTime`, HEIF, M4A, 3GP ...) and with at least one brand of the MP4 family. Whatever follows
/// must be boxes of known types, and one of them at least must be a film's: a brand alone, or with
/// nothing but free space behind it, can be written by anybody and plays nowhere. Without `ftyp`,
/// the film's description must show that it is MP4 and not `QuickTime`.
///
/// A file may be cut off anywhere behind the header of the first such box.
pub(super) fn is_mp4<C: Content + ?Sized>(content: &C) -> bool {
    let mut offset = 0;
    let mut has_brand = false;
    let mut has_aside = false;
    for _ in 0..MAX_BOXES {
        if has_aside && is_padding(content, offset) {
            return true;
        }
        let Some(header) = BoxHeader::read(content, offset) else {
            return false;
        };
        match header.role() {
            Role::Brand if !has_brand && is_mp4_brand(content, offset, &header) => {
                has_brand = true;
            }
            Role::Media => return has_brand || untyped::is_mp4(content, offset),
            Role::Space => {}
            Role::Aside if has_brand => has_aside = true,
            Role::Brand | Role::Aside | Role::Unknown => return false,
        }
        match offset.checked_add(header.length) {
            Some(next) if content.reaches(next) => offset = next,
            // Cut off inside a box that may be long.
            _ => return has_aside,
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
    let (compatible, _) = rest.get(4..).unwrap_or_default().as_chunks::<4>();
    brands::other_format(major).is_none()
        && (brands::is_mp4(major) || compatible.iter().any(|&brand| brands::is_mp4(brand)))
}

/// The end, fewer than 8 bytes before it, or zeros: what some writers leave behind the last box.
fn is_padding<C: Content + ?Sized>(content: &C, offset: usize) -> bool {
    bytes_at(content, offset).is_none_or(|bytes| bytes == [0; 8])
}
