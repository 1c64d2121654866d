//! The size of responses that AWS Lambda and FunctionGraph return.

use crate::context::Platform;

/// The largest event that the platforms return, 6 MiB, without what surrounds the body.
const MAX_EVENT_BODY_BYTES: usize = 6 * 1024 * 1024 - 16 * 1024;

/// The size of a download's JSON without the file's Base64.
const MAX_FRAME_BYTES: usize = 4096;

/// The largest file whose Base64 fits into such an event, alone or in the JSON of a download.
pub(super) const MAX_EVENT_FILE_BYTES: usize = (MAX_EVENT_BODY_BYTES - MAX_FRAME_BYTES) / 4 * 3;

/// Returns whether an event can return this body as a JSON string, in which some characters are escaped.
#[must_use]
pub fn fits_event_as_text(body: &str) -> bool {
    let escapes = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 1,
        0..b' ' => 5,
        _ => 0,
    };
    body.len() + body.bytes().map(escapes).sum::<usize>() <= MAX_EVENT_BODY_BYTES
}

/// Returns whether the platform can return this body. An event contains a text as a string, other bytes as
/// Base64.
pub(super) fn fits(platform: Platform, body: &[u8], is_file: bool) -> bool {
    let fits_as_base64 = body.len().div_ceil(3) * 4 <= MAX_EVENT_BODY_BYTES;
    match (platform, std::str::from_utf8(body)) {
        (Platform::Http, _) => true,
        // The Lambda adapter returns a text as Base64 if it has too many escapes. JSON must stay a text.
        (Platform::Lambda, Ok(text)) => fits_event_as_text(text) || (is_file && fits_as_base64),
        (Platform::FunctionGraph, Ok(text)) => fits_event_as_text(text),
        (_, Err(_)) => fits_as_base64,
    }
}
