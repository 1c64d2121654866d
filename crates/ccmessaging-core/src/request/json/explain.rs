//! Explains what a body is that is not the documented JSON.

use std::borrow::Cow;

use crate::base64_text::CanonicalBase64;
use crate::error::{JsonProblem, UploadError};
use crate::excerpt::Excerpt;
use crate::file_type::FileType;
use crate::json::{Object, ObjectError};
use crate::sniff::{self, Found};
use crate::text_instead::RequestInstead;

/// Enough for a boundary of 70 characters, and the name of the header after it.
const FORM_HEAD_BYTES: usize = 256;

/// The beginning of the headers of a form's part.
const CONTENT: &[u8] = b"Content-";

/// The first bytes of data compressed with gzip, zlib or Zstandard.
const COMPRESSED: [&[u8]; 6] = [
    b"\x1F\x8B",
    b"\x78\x01",
    b"\x78\x5E",
    b"\x78\x9C",
    b"\x78\xDA",
    b"\x28\xB5\x2F\xFD",
];

/// The beginnings of an object in Base64.
const OBJECT_IN_BASE64: [&[u8]; 2] = [b"ey", b"ew"];

/// Returns the name of the member that contains the upload, as an object or its text.
pub(super) fn nesting(body: &[u8]) -> Option<Excerpt> {
    let object = Object::parse(body, |name, json| {
        if is_upload(json) {
            Err(Excerpt::new(name))
        } else {
            Ok(())
        }
    });
    match object {
        Err(ObjectError::Rejected(member)) => Some(member),
        _ => None,
    }
}

/// Returns whether a value is the API's JSON, or a string that contains it.
fn is_upload(json: &str) -> bool {
    let object = if json.starts_with("\"{") {
        serde_json::from_str(json).map_or_else(|_| Cow::default(), Cow::Owned)
    } else {
        Cow::Borrowed(json)
    };
    RequestInstead::find(&object.as_bytes()) == Some(RequestInstead::Upload)
}

/// Replaces the parser's message for a body that is something else entirely.
pub(super) fn explained(error: UploadError, body: &[u8]) -> UploadError {
    let UploadError::NotJson { position, problem } = error else {
        return error;
    };
    let body = body.trim_ascii_start();
    let problem = if body.is_empty() {
        JsonProblem::Empty
    } else if looks_like_form(body) {
        JsonProblem::Form
    } else if looks_like_utf16(body) {
        JsonProblem::Utf16
    } else if begins_with_any(body, &COMPRESSED) {
        JsonProblem::Compressed
    } else if begins_with_any(body, &OBJECT_IN_BASE64)
        && CanonicalBase64::from_text(body.to_vec()).is_ok()
    {
        JsonProblem::Base64
    } else {
        match sniff::identify(body) {
            Some(FileType::Txt) => problem,
            Some(file_type) => JsonProblem::File(file_type),
            None => match sniff::name(&body) {
                found @ Found::Format { .. } if !body.starts_with(b"{") => {
                    JsonProblem::OtherFile(found)
                }
                _ => problem,
            },
        }
    };
    UploadError::NotJson { position, problem }
}

fn begins_with_any(body: &[u8], starts: &[&[u8]]) -> bool {
    starts.iter().any(|start| body.starts_with(start))
}

/// Returns whether a body begins as an object or an array in UTF-16, with or without a byte order mark.
fn looks_like_utf16(body: &[u8]) -> bool {
    let is_start = |byte: u8| byte.is_ascii_whitespace() || b"{[".contains(&byte);
    match *body {
        [0xFF, 0xFE, byte, 0, ..]
        | [0xFE, 0xFF, 0, byte, ..]
        | [byte, 0, _, 0, ..]
        | [0, byte, 0, _, ..] => is_start(byte),
        _ => false,
    }
}

/// Returns whether a text begins as a form does (RFC 7578): with a boundary, and the header of a part.
fn looks_like_form(body: &[u8]) -> bool {
    let head = &body[..body.len().min(FORM_HEAD_BYTES)];
    let Some((boundary, rest)) = memchr::memchr(b'\n', head).map(|end| head.split_at(end)) else {
        return false;
    };
    let header = rest.trim_ascii_start();
    let is_content = header
        .get(..CONTENT.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(CONTENT));
    boundary.starts_with(b"--") && is_content
}
