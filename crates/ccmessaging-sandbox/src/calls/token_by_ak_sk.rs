//! tokenByAkSk: app key and secret in, `AccessToken` out.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use serde_json::Map;

use super::Refusal;
use super::fields::Fields;
use crate::answer::Answer;
use crate::upstream::Upstream;

const TOKEN_EXPIRE: &str = "x-token-expire";

/// The lifetime for which the documentation's example asks, given to a caller that asks for none.
const USUAL_SECONDS: u64 = 600;

pub(super) fn answer(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let seconds = lifetime_seconds(upstream, headers)?;
    let fields = Fields::parse(body)?;
    // A field that is not there cannot be right either: the fabric tells nobody which one it was.
    let given = |name| fields.text(name).map_err(|_| Refusal::IllegalApp);
    let (app_key, app_secret) = (given("app_key")?, given("app_secret")?);
    if app_key != upstream.settings.app_key || app_secret != upstream.settings.app_secret {
        return Err(Refusal::IllegalApp);
    }

    let now = upstream.now();
    let token = upstream
        .access_tokens
        .issue(now, Duration::from_secs(seconds));
    let created = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let fields = [
        ("AccessToken", token),
        ("ApplyType", "Bearer".to_owned()),
        ("CreateTime", created.to_string()),
        ("Expires", seconds.to_string()),
        ("Scope", "ccmessaging".to_owned()),
        ("AppKey", app_key.to_owned()),
        ("UserID", "Anonymous".to_owned()),
    ];
    let object = fields.map(|(name, value)| (name.to_owned(), value.into()));
    Ok(Answer::json(StatusCode::OK, Map::from_iter(object)))
}

/// The lifetime that `X-Token-Expire` asks for, as far as the sandbox grants it.
fn lifetime_seconds(upstream: &Upstream, headers: &HeaderMap) -> Result<u64, Refusal> {
    let longest = upstream.settings.access_token_lifetime.as_secs();
    let asked = match headers.get(TOKEN_EXPIRE) {
        None => USUAL_SECONDS,
        Some(value) => value
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|seconds| *seconds > 0)
            .ok_or(Refusal::BadRequest)?,
    };
    Ok(asked.min(longest))
}
