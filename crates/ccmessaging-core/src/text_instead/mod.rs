//! Recognises texts that programs send instead of a file. Stored as a text file, such a text would reach the
//! agent instead of the file.
//!
//! No text file is a placeholder, so the validation rejects those. The other kinds may be meant as text files:
//! whether they are is for the caller to decide, who knows how the file was declared.

mod path;
pub(crate) mod placeholder;
pub(crate) mod printed;

pub use path::is_path;
pub use printed::is_printed_file;

use crate::base64_text::DataUrl;

/// Returns whether a text is a `data:` URL (RFC 2397) of a file other than text, in Base64.
#[must_use]
pub fn is_data_url(text: &[u8]) -> bool {
    const TEXT: &str = "text/";

    DataUrl::split(text).is_ok_and(|url| {
        let start = url.media_type.and_then(|it| it.get(..TEXT.len()));
        url.data_start > 0 && !start.is_some_and(|start| start.eq_ignore_ascii_case(TEXT))
    })
}
