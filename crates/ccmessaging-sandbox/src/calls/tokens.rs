//! The calls that hand out tokens: tokenByAkSk and applyToken.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{Call, Fields, Rejection, admit};
use crate::answer::{Answer, Code};
use crate::upstream::Upstream;

const TOKEN_EXPIRE: &str = "x-token-expire";

/// The lifetime for which the documentation's example asks, given to a caller that asks for none.
const USUAL_SECONDS: u64 = 600;

/// The longest `userId`, in characters.
const MAX_USER_ID_CHARACTERS: usize = 32;

/// tokenByAkSk: app key and secret in, `AccessToken` out.
pub(super) fn token_by_ak_sk(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Rejection> {
    let seconds = lifetime_seconds(upstream, headers)?;
    let fields = Fields::parse(body)?;
    // A field that is not there cannot be right either: the fabric tells nobody which one it was.
    let given = |name| fields.text(name).map_err(|_| Rejection::IllegalApp);
    let (app_key, app_secret) = (given("app_key")?, given("app_secret")?);
    if app_key != upstream.settings.app_key || app_secret != upstream.settings.app_secret {
        return Err(Rejection::IllegalApp);
    }

    let now = upstream.now();
    let lifetime = Duration::from_secs(seconds);
    let created = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let token = json!({
        "AccessToken": upstream.access_tokens.issue(now, lifetime),
        "ApplyType": "Bearer",
        "CreateTime": created.to_string(),
        "Expires": seconds.to_string(),
        "Scope": "ccmessaging",
        "AppKey": app_key,
        "UserID": "Anonymous",
    });
    Ok(Answer::json(StatusCode::OK, &token))
}

/// The lifetime that `X-Token-Expire` asks for, as far as the sandbox grants it.
fn lifetime_seconds(upstream: &Upstream, headers: &HeaderMap) -> Result<u64, Rejection> {
    let longest = upstream.settings.access_token_lifetime.as_secs();
    let asked = match headers.get(TOKEN_EXPIRE) {
        None => USUAL_SECONDS,
        Some(value) => value
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|seconds| *seconds > 0)
            .ok_or(Rejection::BadRequest)?,
    };
    Ok(asked.min(longest))
}

/// applyToken: a user in, `ccmessaging-token` out.
pub(super) fn apply_token(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Rejection> {
    admit(upstream, headers)?;
    let fields = Fields::parse(body)?;
    for name in ["userName", "channelId", "locale"] {
        fields.text(name)?;
    }
    if fields.text("userId")?.chars().count() > MAX_USER_ID_CHARACTERS {
        return Err(Rejection::Coded(Code::IncorrectParameter));
    }
    let token = upstream.session_tokens.issue(upstream.now());
    Ok(Answer::coded(
        Call::ApplyToken.shape(upstream),
        StatusCode::OK,
        Code::Success,
        [("token", token)],
    ))
}
