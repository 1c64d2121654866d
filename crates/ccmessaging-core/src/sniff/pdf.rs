//! PDF, which may be text from end to end (ISO 32000-1 section 7.5).

use super::window::Window;
use crate::Content;
use memchr::memmem::find;

/// Whether the content is a PDF document, and no prose that begins by naming one.
///
/// A document has the header `%PDF-` and ends with the end-of-file marker `%%EOF`, which readers
/// look for in the last 1,024 bytes, or at least holds indirect objects (a document cut short).
pub(super) fn is_pdf<C: Content + ?Sized>(content: &C) -> bool {
    let head = Window::<1024>::read(content, 0);
    let head = head.bytes();
    if !head.starts_with(b"%PDF-") {
        return false;
    }
    let tail = Window::<1024>::read(content, content.len().saturating_sub(1024));
    find(tail.bytes(), b"%%EOF").is_some() || find(head, b" obj").is_some()
}
