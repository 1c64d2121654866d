//! Plain text, and CSV (RFC 4180), which is plain text too.
//!
//! Text has no signature, and an unrecognised file may be binary, so the whole file is read, once, in chunks. The
//! requirements depend on the encoding:
//!
//! - UTF-8: well-formed, no NUL, control characters at most 0.5 % of it. ASCII and ISO-2022 (which
//!   shifts with escape sequences) are subsets of it.
//! - UTF-8, UTF-16 and UTF-32 after their byte order marks: a mark names the encoding, so all of
//!   the rest must be well-formed in it. In UTF-16 and UTF-32 there is also no NUL, no
//!   non-character, no code point of a plane that has none assigned, and control characters are at
//!   most 0.5 %. ASCII of even length after a UTF-16 mark is well-formed and accepted: it is
//!   text in either reading. The last character may be incomplete.
//! - Anything else is a legacy encoding: GB18030, Shift-JIS, Big5, EUC-KR, a Windows code page, ISO
//!   8859 ... Nearly any bytes are well-formed there, so no NUL and no control character at all.

mod bytewise;
mod control;
mod ebcdic;
mod flaw;
mod wide;

pub(super) use control::is_control;
pub(super) use ebcdic::is_ebcdic;
pub(super) use flaw::flaw;
pub(super) use wide::is_utf16_without_mark;

use super::window::Window;
use crate::content::Content;
use bytewise::Encodings;
use control::Control;
use wide::Layout;

/// The chunk in which text is read: a multiple of 3, so that a Base64 text is decoded in whole
/// groups, of 4, so that no UTF-16 or UTF-32 unit is torn, and small enough for the stack and the
/// first-level cache.
const CHUNK: usize = 12 * 1024;

/// ^Z.
const END_OF_FILE: u8 = 0x1A;

/// The content is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotText {
    /// The offset of the first byte that text cannot contain.
    pub(super) position: usize,
    pub(super) cause: Cause,
}

/// Why a byte cannot be part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// It is this control character of ASCII.
    Control(u8),
    /// It is not UTF-8, which the byte order mark names.
    NotAsMarked,
    /// Anything else.
    Other,
}

impl NotText {
    /// The content as a whole is not text.
    const OTHER: Self = Self::other(0);

    const fn other(position: usize) -> Self {
        Self {
            position,
            cause: Cause::Other,
        }
    }
}

impl From<Control> for NotText {
    fn from(Control { byte, position }: Control) -> Self {
        Self {
            position,
            cause: Cause::Control(byte),
        }
    }
}

/// Reads the whole content and checks that it is text.
pub(super) fn examine(content: &dyn Content) -> Result<(), NotText> {
    let head = Window::<{ ebcdic::EBCDIC_BYTES }>::read(content, 0);
    match mark(head.bytes()) {
        Some(Mark::Utf8) => bytewise::examine(content, Encodings::Utf8),
        Some(Mark::Wide(layout)) => wide::examine(content, layout),
        None if is_ebcdic(head.bytes()) => Err(NotText::OTHER),
        None => bytewise::examine(content, Encodings::Any),
    }
}

/// Returns whether the content begins with the byte order mark of UTF-16 or UTF-32.
pub(super) fn has_wide_mark(head: &[u8]) -> bool {
    matches!(mark(head), Some(Mark::Wide(_)))
}

/// A byte order mark (The Unicode Standard, section 23.8).
enum Mark {
    Utf8,
    Wide(Layout),
}

fn mark(head: &[u8]) -> Option<Mark> {
    Some(match head {
        [0xEF, 0xBB, 0xBF, ..] => Mark::Utf8,
        [0xFF, 0xFE, 0, 0, ..] => Mark::Wide(Layout::Utf32Le),
        [0, 0, 0xFE, 0xFF, ..] => Mark::Wide(Layout::Utf32Be),
        [0xFF, 0xFE, ..] => Mark::Wide(Layout::Utf16Le),
        [0xFE, 0xFF, ..] => Mark::Wide(Layout::Utf16Be),
        _ => return None,
    })
}

/// Returns the length without the ^Z characters at the end, with which CP/M and DOS programs fill the last record
/// of 128 bytes. `mark` is ^Z in the text's encoding.
fn without_end_of_file_marks(content: &dyn Content, mark: &[u8]) -> usize {
    const RECORD: usize = 128;

    let tail = Window::<RECORD>::read(content, content.len().saturating_sub(RECORD));
    let marks = tail
        .bytes()
        .rchunks_exact(mark.len())
        .take_while(|&unit| unit == mark)
        .count();
    content.len() - marks * mark.len()
}
