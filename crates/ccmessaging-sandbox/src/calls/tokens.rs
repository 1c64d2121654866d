//! The calls that issue tokens: tokenByAkSk and applyToken.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{Call, CallRequest, Fields, Rejection, authorize};
use crate::response::{CallResponse, Code};
use crate::tokens::Customer;
use crate::upstream::Upstream;

const TOKEN_EXPIRE: &str = "x-token-expire";

/// The lifetime without `X-Token-Expire`: the one in the documentation's example.
const DEFAULT_SECONDS: u64 = 600;

/// The longest `userId`, in characters.
const MAX_USER_ID_CHARACTERS: usize = 32;

/// tokenByAkSk: returns an `AccessToken` for the app key and secret.
pub(super) fn token_by_ak_sk(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    let seconds = lifetime_seconds(upstream, request.headers)?;
    let fields = Fields::parse(request.body)?;
    // As for a wrong value, the fabric does not say which field is missing.
    let given = |name| fields.text(name).map_err(|_| Rejection::App);
    let (app_key, app_secret) = (given("app_key")?, given("app_secret")?);
    if app_key != upstream.settings.app_key || app_secret != upstream.settings.app_secret {
        return Err(Rejection::App);
    }

    let now = upstream.now();
    let lifetime = Duration::from_secs(seconds);
    let created = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let token = json!({
        "AccessToken": upstream.access_tokens.issue(now + lifetime, ()),
        "ApplyType": "Bearer",
        "CreateTime": created.to_string(),
        "Expires": seconds.to_string(),
        "Scope": "ccmessaging",
        "AppKey": app_key,
        "UserID": "Anonymous",
    });
    Ok(CallResponse::json(StatusCode::OK, &token))
}

/// Returns the lifetime that `X-Token-Expire` requests, or the longest one if that is shorter.
fn lifetime_seconds(upstream: &Upstream, headers: &HeaderMap) -> Result<u64, Rejection> {
    let longest = upstream.settings.access_token_lifetime.as_secs();
    let requested = match headers.get(TOKEN_EXPIRE) {
        None => DEFAULT_SECONDS,
        Some(value) => value
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|seconds| *seconds > 0)
            .ok_or(Rejection::BadRequest)?,
    };
    Ok(requested.min(longest))
}

/// applyToken: returns a `ccmessaging-token` for a user.
pub(super) fn apply_token(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    authorize(upstream, request.headers)?;
    let fields = Fields::parse(request.body)?;
    let (user_name, channel_id) = (fields.text("userName")?, fields.text("channelId")?);
    fields.text("locale")?;
    let user_id = fields.text("userId")?;
    if user_id.chars().count() > MAX_USER_ID_CHARACTERS {
        return Err(Rejection::Coded(Code::IncorrectParameter));
    }
    let token = upstream.issue_session_token(Customer {
        user_id: user_id.to_owned(),
        user_name: user_name.to_owned(),
        channel_id: channel_id.to_owned(),
    });
    Ok(CallResponse::coded(
        Call::ApplyToken.body_format(),
        StatusCode::OK,
        Code::Success,
        [("token", token.into())],
    ))
}
