//! Plain text, and CSV (RFC 4180), which is plain text too.
//!
//! Text has no signature, so that "no other format was recognised" proves nothing: the whole file
//! is read, once, in chunks. What must hold depends on the encoding:
//!
//! - UTF-8, with a byte order mark or without: well-formed, no NUL, control characters at most 0.5 %
//!   of it. ASCII and ISO-2022 (which shifts with escape sequences) are subsets of it.
//! - UTF-16 and UTF-32 behind their byte order marks: no unpaired surrogate, no NUL, no
//!   non-character, control characters at most 0.5 %.
//! - Anything else is a legacy encoding: GB18030, Shift-JIS, Big5, EUC-KR, a Windows code page, ISO
//!   8859 ... Nearly any bytes are well-formed there, so no NUL and no control character at all.

mod bytewise;
mod control;
mod wide;

pub(super) use control::is_control;

use super::window::Window;
use crate::Content;

/// The chunk in which text is read: a multiple of 3, so that a Base64 text is decoded in whole
/// groups, of 4, so that no UTF-16 or UTF-32 unit is torn, and small enough for the stack and the
/// first-level cache.
const CHUNK: usize = 12 * 1024;

/// The content is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotText {
    /// The offset of the first byte that speaks against it.
    pub(super) position: usize,
}

/// Reads the whole content and checks that it is text.
pub(super) fn examine<C: Content + ?Sized>(content: &C) -> Result<(), NotText> {
    let end = without_end_of_file_marks(content);
    let mark = Window::<4>::read(content, 0);
    let layout = match mark.bytes() {
        [0xFF, 0xFE, 0, 0] => Some((wide::Layout::Utf32Le, 4)),
        [0, 0, 0xFE, 0xFF] => Some((wide::Layout::Utf32Be, 4)),
        [0xFF, 0xFE, ..] => Some((wide::Layout::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((wide::Layout::Utf16Be, 2)),
        _ => None,
    };
    match layout {
        Some((layout, start)) => match wide::examine(content, start, layout) {
            Ok(()) => Ok(()),
            // Latin-1 text may begin with "ÿþ"; no NUL or control character can hide in it.
            Err(not_wide) => bytewise::examine(content, end).map_err(|_| not_wide),
        },
        None => bytewise::examine(content, end),
    }
}

/// The length without the ^Z bytes at the end that CP/M and DOS programs close a text with, in
/// whole 128-byte records at most.
fn without_end_of_file_marks<C: Content + ?Sized>(content: &C) -> usize {
    const RECORD: usize = 128;
    const END_OF_FILE: u8 = 0x1A;

    let tail = Window::<RECORD>::read(content, content.len().saturating_sub(RECORD));
    let marks = tail
        .bytes()
        .iter()
        .rev()
        .take_while(|&&byte| byte == END_OF_FILE)
        .count();
    content.len() - marks
}
