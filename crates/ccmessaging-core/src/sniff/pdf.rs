//! PDF, which may be text from end to end (ISO 32000-1 section 7.5).

use super::window::Window;
use crate::content::Content;
use memchr::memmem::{find, find_iter};

/// Where readers look for the header and for the end-of-file marker: in so many bytes at the start
/// and at the end (Adobe's implementation notes to the PDF Reference, appendix H).
const SEARCHED: usize = 1024;

/// Whether the content is a PDF document, and no prose that names one.
///
/// The header `%PDF-` begins the document, possibly after white space or a byte order mark: then the end-of-file marker `%%EOF` must close it, or it must at least hold indirect
/// objects (a document cut short). Behind other matter, which mail programs and printers leave
/// there, the header must begin a line and a version must follow, and the document must close as
/// section 7.5.5 has it, with a line `startxref` and a line `%%EOF`: a text that explains PDF is
/// none.
pub(super) fn is_pdf<C: Content + ?Sized>(content: &C) -> bool {
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

/// Returns whether `at` is the start of a line, ignoring a byte order mark and white space before it.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    let before = without_mark(bytes.get(..at).unwrap_or_default());
    before.trim_ascii().is_empty() || before.ends_with(b"\n") || before.ends_with(b"\r")
}

fn has_line(bytes: &[u8], line: &[u8]) -> bool {
    bytes
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .any(|candidate| candidate.trim_ascii_end() == line)
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
