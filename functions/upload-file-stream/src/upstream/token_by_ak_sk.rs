//! The call `tokenByAkSk`: an access token for an app key and its secret.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::retry::{self, Retries};
use super::segments::Segments;
use super::{Call, Transport, UpstreamError, parse_object};
use crate::config::BaseUrl;
use crate::{Deadline, Secret};

const PATH: &str = "/apigovernance/api/oauth/tokenByAkSk";
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

/// Why there is no access token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TokenError {
    /// The service knows the pair of key and secret not, or not any more.
    #[error("the token service refuses the app key or its secret (status {status})")]
    KeyRefused {
        /// The service's status.
        status: u16,
    },
    /// The service cannot be reached, or gives no usable answer.
    #[error("the token service gives no access token: {reason}")]
    Unavailable {
        /// What happened instead.
        reason: String,
    },
    /// The app secret cannot be read from where it is kept.
    #[error("the app secret cannot be read: {reason}")]
    SecretUnreadable {
        /// What happened instead.
        reason: String,
    },
}

impl Transport {
    /// Obtains an access token. A passing fault is repeated as an upload's is.
    ///
    /// # Errors
    ///
    /// The key is refused (a 400, 401 or 403), or the service is unavailable (all else).
    pub async fn token_by_ak_sk(
        &self,
        base_url: &BaseUrl,
        app_key: &Secret,
        app_secret: &Secret,
        lifetime: Duration,
        deadline: Deadline,
    ) -> Result<AccessToken, TokenError> {
        let body = json!({"app_key": app_key.expose(), "app_secret": app_secret.expose()});
        // Wiped once it is sent.
        let body = Bytes::from_owner(Zeroizing::new(body.to_string().into_bytes()));
        let attempt = async |_: Option<HeaderValue>| {
            let seconds = HeaderValue::from(lifetime.as_secs());
            let call = Call {
                uri: base_url.join(PATH),
                headers: HeaderMap::from_iter([(X_TOKEN_EXPIRE, seconds)]),
                body: Segments::new([body.clone()]).into(),
                max_answer_bytes: MAX_ANSWER_BYTES,
            };
            self.send(call, deadline).await
        };
        let answer = retry::until_answered(attempt, deadline, &mut Retries::default())
            .await
            .map_err(unavailable)?;
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
                });
            }
        }
        let body = answer.body.map_err(unavailable)?;
        parse_object(&body)
            .and_then(|object| read_token(object, lifetime))
            .ok_or_else(|| TokenError::Unavailable {
                reason: "its answer is not the documented JSON".to_owned(),
            })
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err wants"
)]
fn unavailable(error: UpstreamError) -> TokenError {
    TokenError::Unavailable {
        reason: error.causes(),
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
    let seconds = match object.get("Expires") {
        Some(Value::String(seconds)) => seconds.trim().parse().ok(),
        Some(Value::Number(seconds)) => seconds.as_u64(),
        _ => None,
    };
    is_sendable.then_some(AccessToken {
        token,
        lifetime: seconds
            .map_or(asked, Duration::from_secs)
            .clamp(SHORTEST_LIFETIME, LONGEST_LIFETIME),
    })
}
