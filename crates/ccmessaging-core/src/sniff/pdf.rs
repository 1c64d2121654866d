//! PDF, which may be text from end to end (ISO 32000-1 section 7.5).

use super::window::Window;
use crate::content::{Content, without_mark};
use memchr::memmem::{find, find_iter};

/// The number of bytes in which readers look for the header at the start and for the end-of-file marker at the end (Adobe's implementation notes to the PDF Reference, appendix H).
const SEARCHED: usize = 1024;

/// Returns whether the content is a PDF document, as opposed to text about PDF.
///
/// If the header `%PDF-` comes first, apart from blanks and a byte order mark, the document must end with the
/// end-of-file marker `%%EOF`, or contain indirect objects (a truncated document). Mail programs and printers leave
/// other data before the header. Then the header must begin a line and include a version, and the document must end
/// as section 7.5.5 requires, with a line `startxref` and a line `%%EOF`, so that a text that explains PDF is not
/// rejected.
pub(super) fn is_pdf(content: &dyn Content) -> bool {
    let head = Window::<SEARCHED>::read(content, 0);
    let head = head.bytes();
    let Some(header) = find_iter(head, b"%PDF-").find(|&at| begins_line(head, at)) else {
        return false;
    };
    let (before, document) = head.split_at(header);
    let tail = Window::<SEARCHED>::read(content, content.len().saturating_sub(SEARCHED));
    let tail = tail.bytes();
    if without_mark(before).trim_ascii().is_empty() {
        return find(tail, b"%%EOF").is_some() || find(document, b" obj").is_some();
    }
    matches!(
        document,
        [_, _, _, _, _, b'1'..=b'2', b'.', b'0'..=b'9', ..]
    ) && has_line(tail, b"startxref")
        && has_line(tail, b"%%EOF")
}

/// Returns whether the bytes at `at` begin a line, possibly after a byte order mark or blanks.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    let before = without_mark(bytes.get(..at).unwrap_or_default());
    before.trim_ascii().is_empty() || before.ends_with(b"\n") || before.ends_with(b"\r")
}

fn has_line(bytes: &[u8], line: &[u8]) -> bool {
    bytes
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .any(|candidate| candidate.trim_ascii_end() == line)
}
