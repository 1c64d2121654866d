//! The headers that every call to the contact centre carries, checked in the upstream's order: the
//! API fabric first, the contact centre's own token last.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Refusal;
use crate::tokens::Verdict;
use crate::upstream::Upstream;

pub(crate) const APP_KEY: &str = "x-app-key";
pub(crate) const SESSION_TOKEN: &str = "ccmessaging-token";

/// Checks `Authorization` and `x-app-key`.
pub(super) fn admit(upstream: &Upstream, headers: &HeaderMap) -> Result<(), Refusal> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Refusal::IllegalAccessToken)?;
    if !upstream.access_tokens.accept(bearer, upstream.now()) {
        return Err(Refusal::IllegalAccessToken);
    }
    let app_key = headers.get(APP_KEY).map(http::HeaderValue::as_bytes);
    if app_key != Some(upstream.settings.app_key.as_bytes()) {
        return Err(Refusal::IllegalApp);
    }
    Ok(())
}

/// Checks `ccmessaging-token`, and returns the token that replaces it, if one does.
pub(super) fn admit_session(
    upstream: &Upstream,
    headers: &HeaderMap,
) -> Result<Option<String>, Refusal> {
    let token = headers
        .get(SESSION_TOKEN)
        .and_then(|value| value.to_str().ok())
        .ok_or(Refusal::IllegalSession)?;
    match upstream.session_tokens.present(token, upstream.now()) {
        Verdict::Refused => Err(Refusal::IllegalSession),
        Verdict::Accepted => Ok(None),
        Verdict::Replaced(new) => Ok(Some(new)),
    }
}
