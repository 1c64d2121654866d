//! The API's own headers, and `Retry-After`.

use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue};

/// The session token; the contact centre rotates it in the response header of the same name.
pub const CCMESSAGING_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

/// The app key.
pub const X_APP_KEY: HeaderName = HeaderName::from_static("x-app-key");

/// The identifier of a call in the log of the service that answered it.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request identifier that is kept; UUIDs have 36 characters.
const MAX_ID_BYTES: usize = 64;

/// The longest session token that is accepted. Documented ones have a few hundred bytes.
const MAX_TOKEN_BYTES: usize = 4096;

/// Whether a session token is usable: visible ASCII, not empty, at most 4 KiB.
pub(crate) fn is_usable_token(token: &HeaderValue) -> bool {
    (1..=MAX_TOKEN_BYTES).contains(&token.len())
        && token.as_bytes().iter().all(u8::is_ascii_graphic)
}

/// The session token of a response, which replaces the one that was sent. Several values or an
/// unusable one are dropped with a warning.
pub(crate) fn rotated_token(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut values = headers.get_all(CCMESSAGING_TOKEN).iter();
    let first = values.next()?;
    if values.next().is_some() || !is_usable_token(first) {
        tracing::warn!("a response of the contact centre has no usable ccmessaging-token");
        return None;
    }
    let mut token = first.clone();
    token.set_sensitive(true);
    Some(token)
}

/// Returns the request identifier of a response: visible ASCII, at most 64 bytes.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?;
    let is_usable =
        (1..=MAX_ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic);
    let id = id.to_str().ok().filter(|_| is_usable);
    id.map(str::to_owned)
}

/// Parses `Retry-After`, a number of seconds or a date. A number that overflows counts as the
/// largest one.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    date.duration_since(SystemTime::now()).ok()
}
