//! The call `applyToken` (contract section 3): a session token for one customer.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::response::rejects_token;
use crate::error::is_transient_status;
use crate::headers::request_id;
use crate::retry::Repeat;
use crate::transport::Call;
use crate::{CallError, Client, Deadline, InvalidResponse, Peer, Secret, X_APP_KEY};

const PATH: &str = "/apiaccess/ccmessaging/applyToken";
/// The largest response that is read; a documented one has a few hundred bytes.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// The customer that a session token is for. Every field is mandatory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionRequest {
    /// The customer's identifier, 1 to 32 characters.
    pub user_id: String,
    /// The customer's name, as the agent sees it.
    pub user_name: String,
    /// The configuration ID of the web channel.
    pub channel_id: String,
    /// The customer's language, such as `en` or `zh`.
    pub locale: String,
}

impl SessionRequest {
    /// Creates the request of a customer without a separate name, whose language is English.
    #[must_use]
    pub fn new(channel_id: impl Into<String>, user_id: impl Into<String>) -> Self {
        let user_id = user_id.into();
        Self {
            user_name: user_id.clone(),
            user_id,
            channel_id: channel_id.into(),
            locale: "en".to_owned(),
        }
    }
}

/// The response to a [`SessionRequest`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionReply {
    /// A session token; it lives for an hour.
    Token(Secret),
    /// The service opened no session.
    #[non_exhaustive]
    Rejected {
        /// The HTTP status.
        status: StatusCode,
        /// `resultCode`, or `returnCode` in another edition of the API.
        result_code: Option<String>,
        /// `resultDesc`, or `returnDesc` in another edition of the API.
        result_desc: Option<String>,
        /// The identifier that the contact centre gave the call (`x-request-id`).
        request_id: Option<String>,
    },
}

impl SessionReply {
    /// Returns whether the access token is expired or wrong: 401, or the API fabric's 403, whose JSON
    /// has no result code.
    #[must_use]
    pub fn rejects_token(&self) -> bool {
        match self {
            Self::Token(_) => false,
            Self::Rejected {
                status,
                result_code,
                ..
            } => rejects_token(*status, result_code.is_some()),
        }
    }
}

impl Client {
    /// Requests a session token, and repeats the call as the [`RetryPolicy`](crate::RetryPolicy) says.
    ///
    /// # Errors
    ///
    /// The response is missing, undocumented, or has status 429 or 5xx.
    pub async fn apply_token(
        &self,
        app_key: &HeaderValue,
        authorization: &HeaderValue,
        request: &SessionRequest,
        deadline: Deadline,
    ) -> Result<SessionReply, CallError> {
        let body = json!({
            "userId": request.user_id,
            "userName": request.user_name,
            "channelId": request.channel_id,
            "locale": request.locale,
        });
        let body = Bytes::from(body.to_string());
        let attempt = |_: Option<HeaderValue>| {
            let call = Call {
                peer: Peer::ContactCentre,
                method: Method::POST,
                uri: self.base_url.join(PATH),
                headers: HeaderMap::from_iter([
                    (X_APP_KEY, app_key.clone()),
                    (AUTHORIZATION, authorization.clone()),
                ]),
                body: body.clone().into(),
                max_response_bytes: MAX_RESPONSE_BYTES,
                reserve: None,
            };
            self.transport.send(call, deadline)
        };
        let mut response = self.retry.run(deadline, Repeat::Always, attempt).await?;
        let status = response.status;
        if is_transient_status(status) {
            return Err(response.unexpected(InvalidResponse::Status));
        }
        let object = response.take_object()?;
        let text = |name| object.get(name).and_then(Value::as_str);
        match text("token").filter(|token| !token.is_empty()) {
            Some(token) if status.is_success() => {
                Ok(SessionReply::Token(Secret::new(token.to_owned())))
            }
            _ => Ok(SessionReply::Rejected {
                status,
                result_code: text("resultCode").or(text("returnCode")).map(str::to_owned),
                result_desc: text("resultDesc").or(text("returnDesc")).map(str::to_owned),
                request_id: request_id(&response.headers),
            }),
        }
    }
}
