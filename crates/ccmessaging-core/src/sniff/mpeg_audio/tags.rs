//! The metadata tags before and after MPEG audio.

use crate::content::Content;
use crate::sniff::window::{Window, bytes_at, has_byte};

/// The most tags that are skipped.
const MAX_TAGS: usize = 16;
/// The maximum number of windows of zero padding after a tag that are read.
const MAX_ZERO_WINDOWS: usize = 16;
const ZERO_WINDOW: usize = 4096;

/// The tags and the padding before the audio.
pub(super) struct Lead {
    /// The offset after all tags and padding.
    pub(super) end: usize,
    /// Whether there was a tag.
    pub(super) has_tag: bool,
    /// The number of zero bytes directly before `end`.
    pub(super) zeros: usize,
}

/// Skips the tags and the zero padding before the audio.
pub(super) fn skip_lead(content: &dyn Content) -> Option<Lead> {
    skip(content, 0)
}

/// Returns the offset after the tags and the zero padding between frames at `offset`, or `None` where the file ends.
pub(crate) fn skip_tags(content: &dyn Content, offset: usize) -> Option<usize> {
    const ID3V1: usize = 128;
    let is_id3v1 = bytes_at(content, offset) == Some(*b"TAG");
    let offset = offset.checked_add(if is_id3v1 { ID3V1 } else { 0 })?;
    skip(content, offset).map(|lead| lead.end)
}

/// Skips stacked tags and zero padding.
///
/// Only a tag's size field is read, because a tag with cover art is often larger than the audio's first minute.
/// Returns `None` if a tag claims to be longer than the file.
fn skip(content: &dyn Content, start: usize) -> Option<Lead> {
    let mut lead = Lead {
        end: start,
        has_tag: false,
        zeros: 0,
    };
    for _ in 0..MAX_TAGS {
        let Some(length) = tag_length(content, lead.end) else {
            break;
        };
        lead.end = lead.end.checked_add(length)?;
        lead.has_tag = true;
        lead.zeros = zeros_at(content, lead.end);
        lead.end += lead.zeros;
    }
    if !lead.has_tag {
        lead.zeros = zeros_at(content, start);
        lead.end += lead.zeros;
    }
    has_byte(content, lead.end).then_some(lead)
}

/// Returns the length of the `ID3v2` or `APEv2` tag at `offset`.
fn tag_length(content: &dyn Content, offset: usize) -> Option<usize> {
    id3v2_length(bytes_at(content, offset)?).or_else(|| ape_length(bytes_at(content, offset)?))
}

/// id3.org, `ID3v2` sections 3.1 (v2.2, v2.3) and 3.1, 3.4 (v2.4): the version is never FF, undefined
/// flags are clear, and the size is four 7-bit digits which leave out the header and the footer.
pub(in crate::sniff) fn id3v2_length(header: [u8; 10]) -> Option<usize> {
    const ID3_HEADER: usize = 10;
    const FOOTER_PRESENT: u8 = 0x10;
    let [b'I', b'D', b'3', major, revision, flags, size @ ..] = header else {
        return None;
    };
    let undefined_flags = match major {
        2 => 0x3F,
        3 => 0x1F,
        4 => 0x0F,
        _ => return None,
    };
    if revision == 0xFF || flags & undefined_flags != 0 || size.iter().any(|&digit| digit >= 0x80) {
        return None;
    }
    let size = size
        .iter()
        .fold(0, |size, &digit| size << 7 | usize::from(digit));
    let footer = if major == 4 && flags & FOOTER_PRESENT != 0 {
        ID3_HEADER
    } else {
        0
    };
    Some(ID3_HEADER + size + footer)
}

/// Returns the length of an `APEv2` tag from its 32-byte header, whose size field counts the items and the footer.
fn ape_length(header: [u8; 32]) -> Option<usize> {
    const APE_HEADER: usize = 32;
    const THIS_IS_THE_HEADER: u8 = 0x20;
    let [b'A', b'P', b'E', b'T', b'A', b'G', b'E', b'X', rest @ ..] = header else {
        return None;
    };
    let (&[_, _, _, _, s0, s1, s2, s3, _, _, _, _, _, _, _, flags], _) =
        rest.split_first_chunk::<16>()?;
    let size = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])).ok()?;
    (flags & THIS_IS_THE_HEADER != 0).then_some(APE_HEADER.checked_add(size)?)
}

/// Returns whether a tag that belongs after the audio begins at `offset`: `ID3v1` (always the last 128
/// bytes, 227 more with its "enhanced" block), `APEv2`, `Lyrics3`, or an appended `ID3v2.4`.
pub(super) fn is_trailing_tag(content: &dyn Content, offset: usize) -> bool {
    let window = Window::<11>::read(content, offset);
    let bytes = window.bytes();
    let is_last = |length: usize| content.len().checked_sub(offset) == Some(length);
    (bytes.starts_with(b"TAG") && (is_last(128) || is_last(355)))
        || bytes.starts_with(b"APETAGEX")
        || bytes.starts_with(b"LYRICSBEGIN")
        || bytes
            .first_chunk()
            .is_some_and(|&header| id3v2_length(header).is_some())
}

/// Counts the zero bytes at `offset`, up to a limit.
fn zeros_at(content: &dyn Content, offset: usize) -> usize {
    // Nearly always there are none: do not decode a large window to learn that.
    if bytes_at(content, offset).is_none_or(|[byte]| byte != 0) {
        return 0;
    }
    let mut zeros = 0;
    for _ in 0..MAX_ZERO_WINDOWS {
        let window = Window::<ZERO_WINDOW>::read(content, offset + zeros);
        let count = window.bytes().iter().take_while(|&&byte| byte == 0).count();
        zeros += count;
        if count < ZERO_WINDOW {
            break;
        }
    }
    zeros
}
