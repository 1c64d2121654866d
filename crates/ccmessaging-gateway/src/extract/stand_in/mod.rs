//! Recognises texts that stand for a file. Stored as a text file, such a text would reach the agent instead
//! of the file. They are accepted if the caller names or declares them as a text file, except where
//! a program does that by itself: `fetch` declares every string as `text/plain`.

mod encoded;
mod json;
mod path;

use bytes::Bytes;
use ccmessaging_core::Field;
use memchr::memmem;

/// How far the media type of a `data:` URL may reach.
const DATA_URL_HEAD_BYTES: usize = 256;

/// The most parameters of a page's form.
const MAX_PARAMETERS: usize = 16;

/// A text in place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandIn {
    /// The documented JSON.
    #[error("an upload in JSON")]
    Json,
    /// `multipart/form-data`.
    #[error("a form")]
    Form,
    /// `application/x-www-form-urlencoded` with the documented names.
    #[error("an upload in URL encoding")]
    UrlEncoded,
    /// A `data:` URL (RFC 2397) of an image, a recording, a video or of bytes.
    #[error("a data: URL")]
    DataUrl,
    /// The file in Base64 or hexadecimal, or its bytes as decimal numbers.
    #[error("the file's bytes written as text")]
    Encoded,
    /// The path of a file.
    #[error("the path of a file")]
    Path,
}

impl StandIn {
    /// Returns what a text is instead of a file.
    pub(super) fn of(text: &Bytes) -> Option<Self> {
        let content = without_mark(text);
        if let Some(request) = Self::of_request(text) {
            Some(request)
        } else if is_data_url(content) {
            Some(Self::DataUrl)
        } else if encoded::is_encoded_file(text) {
            // Before paths: the Base64 of a JPG begins with "/9j/".
            Some(Self::Encoded)
        } else {
            path::is_path(content).then_some(Self::Path)
        }
    }

    /// Returns which body of an upload a text is, as if its media type had been overridden.
    pub(super) fn of_request(text: &[u8]) -> Option<Self> {
        let content = without_mark(text);
        if json::resembles_upload(content) {
            Some(Self::Json)
        } else if is_form(content) {
            Some(Self::Form)
        } else {
            is_url_encoded(content).then_some(Self::UrlEncoded)
        }
    }

    /// Returns whether a text is a form from its first boundary to its last one. No text file is, whatever
    /// its name: a program wrote the form to a file, and sent that in another form.
    pub(super) fn of_whole_form(text: &[u8]) -> Option<Self> {
        let content = without_mark(text);
        let line_end = memchr::memchr(b'\n', content)?;
        let boundary = content[..line_end].trim_ascii_end();
        let before_dashes = content.trim_ascii_end().strip_suffix(b"--")?;
        (is_form(content) && before_dashes.ends_with(boundary)).then_some(Self::Form)
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

/// Returns whether a text is a `data:` URL of a file other than text.
fn is_data_url(text: &[u8]) -> bool {
    let head = &text[..text.len().min(DATA_URL_HEAD_BYTES)];
    let head = head.trim_ascii_start();
    let is_binary = [
        // A file whose type the browser does not know.
        "data:;base64,",
        "data:image/",
        "data:audio/",
        "data:video/",
        "data:application/",
    ]
    .iter()
    .any(|start| {
        let head = head.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    });
    is_binary && memmem::find(head, b";base64,").is_some()
}

/// Returns whether a text has the documented names as parameters, as `URLSearchParams` writes them.
fn is_url_encoded(text: &[u8]) -> bool {
    let parameters = text.split(|&byte| byte == b'&').take(MAX_PARAMETERS);
    let (mut has_file, mut has_other) = (false, false);
    for parameter in parameters {
        let Some(end) = memchr::memchr(b'=', parameter) else {
            return false;
        };
        let name = json::folded(&String::from_utf8_lossy(&parameter[..end.min(32)]));
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
            let _ = StandIn::of(&Bytes::from(text));
        }

        #[test]
        fn words_in_lines_are_a_text(words in proptest::collection::vec("[a-zA-Z]{1,12}", 2..40)) {
            let text = words.join("\n");
            prop_assert_eq!(StandIn::of(&Bytes::from(text)), None);
        }
    }
}
