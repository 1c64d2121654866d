//! The call `tokenByAkSk` (contract section 2): an access token for an app key and its secret.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::retry::Repeat;
use crate::transport::Call;
use crate::{Client, Deadline, InvalidResponse, Peer, Secret, TokenError};

/// The API's path, below the token service's base URL.
pub const TOKEN_PATH: &str = "/apigovernance/api/oauth/tokenByAkSk";
const X_TOKEN_EXPIRE: HeaderName = HeaderName::from_static("x-token-expire");

/// The longest response that is read. A documented one has a few hundred bytes.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// The longest lifetime that the service grants.
const MAX_LIFETIME: Duration = Duration::from_secs(3600);

/// A token with a shorter lifetime is used this long all the same: the upstream rejects it if it has
/// expired, and the service must not be called for every upload.
const MIN_LIFETIME: Duration = Duration::from_secs(10);

/// An access token and how long it lives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token, without a scheme.
    pub token: Secret,
    /// The response's `Expires`, or the requested lifetime if it has none.
    pub lifetime: Duration,
}

impl AccessToken {
    /// Creates a token that lives this long from now on.
    #[must_use]
    pub const fn new(token: Secret, lifetime: Duration) -> Self {
        Self { token, lifetime }
    }
}

impl Client {
    /// Requests an access token, and repeats the call as the [`RetryPolicy`](crate::RetryPolicy) says.
    ///
    /// # Errors
    ///
    /// The key is rejected (400, 401 or 403), or the service returned no token.
    pub async fn token_by_ak_sk(
        &self,
        app_key: &Secret,
        app_secret: &Secret,
        lifetime: Duration,
        deadline: Deadline,
    ) -> Result<AccessToken, TokenError> {
        let body = Bytes::from_owner(body(app_key, app_secret));
        let attempt = |_: Option<HeaderValue>| {
            let seconds = HeaderValue::from(lifetime.as_secs());
            let call = Call {
                peer: Peer::TokenService,
                method: Method::POST,
                uri: self.token_base_url.join(TOKEN_PATH),
                headers: HeaderMap::from_iter([(X_TOKEN_EXPIRE, seconds)]),
                body: body.clone().into(),
                max_response_bytes: MAX_RESPONSE_BYTES,
                reserve: None,
            };
            self.transport.send(call, deadline)
        };
        let mut response = self.retry.run(deadline, Repeat::Always, attempt).await?;
        match response.status {
            StatusCode::OK => {}
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(TokenError::KeyRejected {
                    status: response.status,
                });
            }
            _ => return Err(response.unexpected(InvalidResponse::Status).into()),
        }
        let object = response.take_object()?;
        read_token(object, lifetime)
            .ok_or_else(|| response.unexpected(InvalidResponse::Undocumented).into())
    }
}

#[derive(Serialize)]
struct Fields<'a> {
    app_key: &'a str,
    app_secret: &'a str,
}

/// Returns the call's body, whose memory is wiped on drop.
fn body(app_key: &Secret, app_secret: &Secret) -> Zeroizing<Vec<u8>> {
    let (app_key, app_secret) = (app_key.expose(), app_secret.expose());
    // A buffer that grows leaves a copy behind that is not wiped.
    let capacity = capacity(app_key, app_secret);
    let mut body = Zeroizing::new(Vec::with_capacity(capacity));
    let fields = Fields {
        app_key,
        app_secret,
    };
    serde_json::to_writer(&mut *body, &fields).expect("strings are valid JSON");
    body
}

/// The size of the longest body: JSON escapes a byte by at most six.
const fn capacity(app_key: &str, app_secret: &str) -> usize {
    r#"{"app_key":"","app_secret":""}"#.len() + 6 * (app_key.len() + app_secret.len())
}

fn read_token(mut object: Map<String, Value>, asked: Duration) -> Option<AccessToken> {
    let Some(Value::String(token)) = object.remove("AccessToken") else {
        return None;
    };
    let token = Secret::new(token);
    // It will be a header's value.
    let is_sendable =
        !token.expose().is_empty() && token.expose().bytes().all(|byte| byte.is_ascii_graphic());
    let lifetime = object.get("Expires").map_or(asked, lifetime);
    is_sendable.then_some(AccessToken {
        token,
        lifetime: lifetime.clamp(MIN_LIFETIME, MAX_LIFETIME),
    })
}

/// Parses `Expires`: seconds, as a string or a number. Invalid values count as zero.
fn lifetime(expires: &Value) -> Duration {
    let seconds = match expires {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_f64(),
        _ => None,
    };
    // Negative, infinite and not a number.
    let seconds = seconds.map(Duration::try_from_secs_f64);
    seconds.and_then(Result::ok).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn buffer_of_the_body_never_grows() {
        for secret in ["secret", "\u{1}\u{1f}", "\"\\/\n", "\u{7f}é\u{2028}😀"] {
            let body = body(&Secret::new(secret), &Secret::new(secret));
            assert!(body.len() <= capacity(secret, secret), "{secret:?}");
            assert_eq!(body.capacity(), capacity(secret, secret), "{secret:?}");
            let sent: Value = serde_json::from_slice(&body).expect("JSON");
            assert_eq!(sent, json!({"app_key": secret, "app_secret": secret}));
        }
    }
}
