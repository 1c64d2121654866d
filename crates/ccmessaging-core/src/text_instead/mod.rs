//! Recognises texts that programs send instead of a file. Stored as a text file, such a text would reach the
//! agent instead of the file.
//!
//! No text file is a placeholder, so the validation rejects those. The other kinds may be meant as text files:
//! whether they are is for the caller to decide, who knows how the file was declared.

mod path;
pub(crate) mod placeholder;
pub(crate) mod printed;

pub use path::is_path;
pub use placeholder::is_empty_object;
pub use printed::is_printed_file;

use crate::base64_text::{CanonicalBase64, DataUrl};

/// Returns whether a text is a `data:` URL (RFC 2397) of a file other than text, in Base64.
#[must_use]
pub fn is_data_url(text: &[u8]) -> bool {
    DataUrl::split(text).is_ok_and(|url| url.data_start > 0 && !is_of_text(&url))
}

/// Returns whether a text consists of a `data:` URL of a text, in Base64. One that only begins with such a URL may
/// quote it.
#[must_use]
pub fn is_data_url_of_text(text: &[u8]) -> bool {
    DataUrl::split(text).is_ok_and(|url| {
        is_of_text(&url) && CanonicalBase64::from_text(text[url.data_start..].to_vec()).is_ok()
    })
}

fn is_of_text(url: &DataUrl<'_>) -> bool {
    const TEXT: &str = "text/";

    let start = url.media_type.and_then(|it| it.get(..TEXT.len()));
    start.is_some_and(|start| start.eq_ignore_ascii_case(TEXT))
}
