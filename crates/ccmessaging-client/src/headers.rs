//! The API's own headers.

use http::{HeaderMap, HeaderName, HeaderValue};

/// The session token; the contact centre rotates it in the response header of the same name.
pub const CCMESSAGING_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

/// The app key.
pub const X_APP_KEY: HeaderName = HeaderName::from_static("x-app-key");

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
