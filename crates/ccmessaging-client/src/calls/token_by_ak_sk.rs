//! The call `tokenByAkSk` (contract section 2): an access token for an app key and its secret.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::retry::retry_after;
use crate::transport::{Call, parse_object};
use crate::{Attempts, Client, Deadline, Secret, TokenError};

/// The API's path, below the token service's base URL.
pub const TOKEN_PATH: &str = "/apigovernance/api/oauth/tokenByAkSk";
const X_TOKEN_EXPIRE: HeaderName = HeaderName::from_static("x-token-expire");

/// The longest answer that is read. A documented one has a few hundred bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The longest lifetime that the service grants.
const LONGEST_LIFETIME: Duration = Duration::from_secs(3600);

/// A token that is said to live shorter is used this long all the same: the upstream refuses it if
/// need be, and the service must not be asked for every upload.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(10);

/// An access token and how long it lives.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The token, without a scheme.
    pub token: Secret,
    /// From the answer's `Expires`; what was asked for where it names none.
    pub lifetime: Duration,
}

impl Client {
    /// Obtains an access token. A passing fault is repeated as an upload's is.
    ///
    /// # Errors
    ///
    /// The key is refused (a 400, 401 or 403), or the service is unavailable (all else).
    pub async fn token_by_ak_sk(
        &self,
        app_key: &Secret,
        app_secret: &Secret,
        lifetime: Duration,
        deadline: Deadline,
    ) -> Result<AccessToken, TokenError> {
        let body = json!({"app_key": app_key.expose(), "app_secret": app_secret.expose()});
        // Wiped once it is sent.
        let body = Bytes::from_owner(Zeroizing::new(body.to_string().into_bytes()));
        let attempt = |_: Option<HeaderValue>| {
            let seconds = HeaderValue::from(lifetime.as_secs());
            let call = Call {
                uri: self.token_base_url.join(TOKEN_PATH),
                headers: HeaderMap::from_iter([(X_TOKEN_EXPIRE, seconds)]),
                body: body.clone().into(),
                max_answer_bytes: MAX_ANSWER_BYTES,
            };
            self.transport.send(call, deadline)
        };
        let answer = Attempts::default()
            .until_answered(attempt, deadline)
            .await?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(TokenError::KeyRefused {
                    status: answer.status.as_u16(),
                });
            }
            status => {
                return Err(TokenError::Unavailable {
                    reason: format!("it answered with status {}", status.as_u16()),
                    retry_after: retry_after(&answer.headers),
                });
            }
        }
        parse_object(&answer.body?)
            .and_then(|object| read_token(object, lifetime))
            .ok_or_else(|| TokenError::unavailable("its answer is not the documented JSON"))
    }
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
        lifetime: lifetime.clamp(SHORTEST_LIFETIME, LONGEST_LIFETIME),
    })
}

/// `Expires`: seconds, as a string or a number. What is no length of time is none.
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
