//! Recognises requests that programs send as the file which they contain.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::content::{Content, without_mark};
use crate::sniff::mismatch::Found;

/// How much is read at each end of a request. A boundary has at most 70 characters, and file names are short.
const WINDOW_BYTES: usize = 1024;

/// The shortest body of an upload in an event. Events of other requests have no body, or a short one.
const MIN_BODY_BYTES: usize = 50;

/// A request in place of the file in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestInstead {
    /// `multipart/form-data` (RFC 7578), from its first boundary to its last.
    Form,
    /// The API's JSON: an object with the string `fileStream`.
    Upload,
    /// The event that AWS Lambda and `FunctionGraph` make of a request.
    Event,
}

impl RequestInstead {
    /// Returns which request the content is. No text file is a whole one, whatever its name.
    ///
    /// ```
    /// use ccmessaging_core::text_instead::RequestInstead;
    ///
    /// let upload = br#"{"fileType":"txt","fileStream":"SGVsbG8K","channel":"WEB"}"#;
    /// assert_eq!(RequestInstead::find(upload), Some(RequestInstead::Upload));
    /// ```
    #[must_use]
    pub fn find(content: &dyn Content) -> Option<Self> {
        let mut head = [0; WINDOW_BYTES];
        let head_bytes = content.read_at(0, &mut head);
        let mut tail = [0; WINDOW_BYTES];
        let start = content.len().saturating_sub(WINDOW_BYTES);
        let tail_bytes = content.read_at(start, &mut tail);
        let head = without_mark(&head[..head_bytes]).trim_ascii_start();
        let tail = tail[..tail_bytes].trim_ascii_end();
        if head.starts_with(b"--") {
            return is_form(head, tail).then_some(Self::Form);
        }
        if !head.starts_with(b"{") || !tail.ends_with(b"}") {
            return None;
        }
        let mut bytes = vec![0; content.len()];
        let count = content.read_at(0, &mut bytes);
        of_json(without_mark(&bytes[..count]))
    }

    pub(super) const fn found(self) -> Found {
        match self {
            Self::Form => Found::named("a form", "multipart/form-data"),
            Self::Upload => Found::named("an upload in JSON", "application/json"),
            Self::Event => Found::named("the event of a function", "application/json"),
        }
    }
}

/// Returns whether a form begins with a boundary and the headers of a part, and ends with the same boundary.
fn is_form(head: &[u8], tail: &[u8]) -> bool {
    const DISPOSITION: &[u8] = b"content-disposition: form-data";

    let mut lines = head
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    let boundary = lines.next().unwrap_or_default();
    let mut headers = lines.take_while(|line| !line.is_empty());
    tail.strip_suffix(b"--")
        .is_some_and(|before| before.ends_with(boundary))
        && headers.any(|header| {
            let start = header.get(..DISPOSITION.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(DISPOSITION))
        })
}

/// The members that distinguish requests from other objects.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    #[serde(borrow)]
    file_stream: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    is_base64_encoded: Option<&'a RawValue>,
    #[serde(borrow)]
    request_context: Option<&'a RawValue>,
}

fn of_json(text: &[u8]) -> Option<RequestInstead> {
    let members: Members<'_> = serde_json::from_slice(text).ok()?;
    let begins = |value: Option<&RawValue>, start: &[char]| {
        value.is_some_and(|value| value.get().starts_with(start))
    };
    if begins(members.file_stream, &['"']) {
        return Some(RequestInstead::Upload);
    }
    let is_event =
        begins(members.is_base64_encoded, &['t', 'f']) || begins(members.request_context, &['{']);
    let has_upload = members.body.is_some_and(|body| {
        let body = body.get();
        body.starts_with('"') && body.len() > MIN_BODY_BYTES
    });
    (is_event && has_upload).then_some(RequestInstead::Event)
}
