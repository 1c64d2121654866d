//! Recognises texts that programs send instead of a file. Stored as a text file, such a text would reach the
//! agent instead of the file.
//!
//! No text file is a placeholder, a whole request or the Base64 of a file, so the validation rejects those. The other
//! kinds may be meant as text files: the caller decides by the file's declaration.

mod encoded;
mod path;
pub(crate) mod placeholder;
pub(crate) mod printed;
mod request;

pub use request::RequestInstead;

use crate::base64_text::{CanonicalBase64, DataUrl};
use crate::content::{Content, without_mark};
use crate::sniff::Found;

/// A text that programs send instead of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsteadOfFile {
    /// A `data:` URL (RFC 2397) in Base64. A text that only begins with the URL of another text may quote it.
    DataUrl,
    /// The bytes of an image, a recording, a video or another binary file, such as Base64, a list of numbers
    /// or a string with escapes; the Base64 of a text; or what `JSON.stringify` makes of the array of a text's bytes.
    Printed,
    /// The empty object that `JSON.stringify` makes of a file in JavaScript. A file of JSON may consist of it as well.
    EmptyObject,
    /// One path or file name.
    Path,
}

/// Returns what a text is instead of a file; `None` for other texts, of which it reads a few KiB.
///
/// ```
/// use ccmessaging_core::text_instead::{InsteadOfFile, find};
///
/// let printed = b"Uint8Array(345) [ 255, 216, 255, 224, 0, 16, 74, 70, 73, 70, 0, 1, 1, 1, 0, 72";
/// assert_eq!(find(printed), Some(InsteadOfFile::Printed));
/// assert_eq!(find(b"/home/me/photo.jpg"), Some(InsteadOfFile::Path));
/// assert_eq!(find(b"A JPG begins with FF D8 FF E0, and a GIF with the letters GIF89a."), None);
/// ```
#[must_use]
pub fn find(text: &[u8]) -> Option<InsteadOfFile> {
    let text = without_mark(text);
    if is_data_url(text) {
        Some(InsteadOfFile::DataUrl)
    } else if printed::is_printed_file(text) {
        // Before paths: the Base64 of a JPG begins with "/9j/".
        Some(InsteadOfFile::Printed)
    } else if placeholder::is_empty_object(text) {
        Some(InsteadOfFile::EmptyObject)
    } else {
        path::is_path(text).then_some(InsteadOfFile::Path)
    }
}

/// Returns what content is that no text file is: a whole request, or the Base64 of a file.
pub(crate) fn request_or_base64(content: &dyn Content) -> Option<Found> {
    let request = RequestInstead::find(content).map(RequestInstead::found);
    request.or_else(|| encoded::is_encoded_file(content).then_some(Found::BASE64))
}

/// Returns whether a text is one line that a program writes for a missing value or for an object whose content it
/// should have read, such as `undefined` or `[object Blob]`.
#[must_use]
pub fn is_placeholder(text: &[u8]) -> bool {
    placeholder::is_placeholder(&text)
}

fn is_data_url(text: &[u8]) -> bool {
    DataUrl::split(text).is_ok_and(|url| match url.data_start {
        0 => false,
        start if is_of_text(&url) => CanonicalBase64::from_text(text[start..].to_vec()).is_ok(),
        _ => true,
    })
}

fn is_of_text(url: &DataUrl<'_>) -> bool {
    const TEXT: &str = "text/";

    let start = url.media_type.and_then(|it| it.get(..TEXT.len()));
    start.is_some_and(|start| start.eq_ignore_ascii_case(TEXT))
}
