//! The media type of a downloaded file, by its content.

use crate::file_type::{Family, FileType};
use crate::sniff::{self, Found};

const UNKNOWN: &str = "application/octet-stream";

/// Returns the media type of a downloaded file, proven by its content: one of the upload's types, PDF, DOC,
/// DOCX or ZIP. Everything else is `application/octet-stream`.
///
/// Types that a browser would run or render as a page, such as HTML, SVG and XML, are never returned, and
/// neither is `text/plain` for content that begins like one of them.
///
/// ```
/// use ccmessaging_core::chat::media_type_of_download;
///
/// assert_eq!(media_type_of_download(b"hello"), "text/plain");
/// assert_eq!(media_type_of_download(b"<svg onload='alert(1)'/>"), "application/octet-stream");
/// ```
#[must_use]
pub fn media_type_of_download(file: &[u8]) -> &'static str {
    match sniff::identify(file) {
        Some(file_type) if file_type.family() != Family::Text => file_type.media_type(),
        Some(_) if is_plain_text(file) => FileType::Txt.media_type(),
        Some(_) => UNKNOWN,
        None => sniff::document(&file).unwrap_or(UNKNOWN),
    }
}

/// Returns whether a text has no other format, such as HTML or RTF.
fn is_plain_text(text: &[u8]) -> bool {
    matches!(
        sniff::name(&text),
        Found::Format { name, media_type: "text/plain" } if name == "text"
    )
}
