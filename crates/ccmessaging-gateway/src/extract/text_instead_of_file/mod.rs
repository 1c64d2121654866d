//! Recognises texts that stand for a file. Stored as a text file, such a text would reach the agent instead
//! of the file. They are accepted if the caller names or declares them as a text file, except where
//! a program does that by itself: `fetch` declares every string as `text/plain`.

mod json;

use ccmessaging_core::Field;
use ccmessaging_core::text_instead::{self, InsteadOfFile, RequestInstead};

use super::folded;

/// The most parameters of a page's form.
const MAX_PARAMETERS: usize = 16;

/// A text in place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TextInsteadOfFile {
    /// The documented JSON.
    #[error("an upload in JSON")]
    Json,
    /// `multipart/form-data`.
    #[error("a form")]
    Form,
    /// `application/x-www-form-urlencoded` with the documented names.
    #[error("an upload in URL encoding")]
    UrlEncoded,
    /// A `data:` URL (RFC 2397).
    #[error("a data: URL")]
    DataUrl,
    /// The file in Base64 or hexadecimal, or its bytes as numbers or escapes.
    #[error("the file's bytes written as text")]
    Encoded,
    /// What Python's `str` makes of the file's bytes.
    #[error("the file's bytes written as text by Python's str()")]
    BytesLiteral,
    /// The path of a file.
    #[error("the path of a file")]
    Path,
    /// What `JSON.stringify` makes of a `File` or a `Blob`.
    #[error("the empty object that JSON.stringify() makes of a File")]
    EmptyObject,
}

impl TextInsteadOfFile {
    /// Returns what a text is instead of a file.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        if let Some(request) = Self::of_request(text) {
            return Some(request);
        }
        Some(match text_instead::find(text)? {
            InsteadOfFile::DataUrl => Self::DataUrl,
            InsteadOfFile::Printed => match without_mark(text) {
                [b'b', b'\'' | b'"', ..] => Self::BytesLiteral,
                _ => Self::Encoded,
            },
            InsteadOfFile::EmptyObject => Self::EmptyObject,
            InsteadOfFile::Path => Self::Path,
        })
    }

    /// Returns which body of an upload a text is, as if its media type had been overridden.
    pub(super) fn of_request(text: &[u8]) -> Option<Self> {
        let content = without_mark(text);
        if json::resembles_upload(content) {
            Some(Self::Json)
        } else if is_form(content) {
            Some(Self::Form)
        } else if is_url_encoded(content) {
            Some(Self::UrlEncoded)
        } else {
            Self::of_whole_request(text)
        }
    }

    /// Returns which whole body of an upload a text is. No text file is one, whatever its name: a program wrote the
    /// body to a file, and sent that in a form. The validation rejects events.
    pub(super) fn of_whole_request(text: &[u8]) -> Option<Self> {
        match RequestInstead::find(&text)? {
            RequestInstead::Form => Some(Self::Form),
            RequestInstead::Upload => Some(Self::Json),
            RequestInstead::Event => None,
        }
    }
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

/// Returns whether a body begins with a boundary and the header that every part of a form has.
fn is_form(body: &[u8]) -> bool {
    const HEADER: &[u8] = b"content-disposition: form-data";
    body.starts_with(b"--")
        && memchr::memchr(b'\n', &body[..body.len().min(80)]).is_some_and(|end| {
            let header = body[end + 1..].get(..HEADER.len());
            header.is_some_and(|header| header.eq_ignore_ascii_case(HEADER))
        })
}

/// Returns whether a text has the documented names as parameters, as `URLSearchParams` writes them.
fn is_url_encoded(text: &[u8]) -> bool {
    let parameters = text.split(|&byte| byte == b'&').take(MAX_PARAMETERS);
    let (mut has_file, mut has_other) = (false, false);
    for parameter in parameters {
        let Some(end) = memchr::memchr(b'=', parameter) else {
            return false;
        };
        let name = folded(&String::from_utf8_lossy(&parameter[..end.min(32)]));
        has_file |= json::is_like(&name, Field::FileStream);
        has_other |= json::is_like(&name, Field::FileType) || json::is_like(&name, Field::Channel);
    }
    has_file && has_other
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            text in "(\\{|\\}|\\[|\\]|\"|fileStream|type|:|,|=|&|-|/|\\.|@|[0-9]{1,6}|[a-f]{1,40}|data:image/|;base64,|\r|\n| |\u{e9}){0,60}",
        ) {
            let _ = TextInsteadOfFile::of(text.as_bytes());
        }

        #[test]
        fn words_in_lines_are_a_text(words in proptest::collection::vec("[a-zA-Z]{1,12}", 2..40)) {
            let text = words.join("\n");
            prop_assert_eq!(TextInsteadOfFile::of(text.as_bytes()), None);
        }
    }
}
