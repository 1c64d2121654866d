//! The call `applyToken` (contract section 3): a session token for one customer.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::transport::{Call, parse_object};
use crate::{AnswerProblem, CallError, Client, Deadline, Secret, X_APP_KEY};

const PATH: &str = "/apiaccess/ccmessaging/applyToken";
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Whom a session token is for; every field is mandatory.
#[derive(Clone, Debug)]
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

/// The answer to a [`SessionRequest`].
#[derive(Clone, Debug)]
pub enum SessionReply {
    /// A session token; it lives for an hour.
    Token(Secret),
    /// The service refused with this status and, where its answer names one, result code.
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// `resultCode`, or `returnCode` as another edition has it.
        result_code: Option<String>,
    },
}

impl Client {
    /// Asks for a session token.
    ///
    /// # Errors
    ///
    /// No answer, or none in the documented JSON.
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
        let call = Call {
            uri: self.base_url.join(PATH),
            headers: HeaderMap::from_iter([
                (X_APP_KEY, app_key.clone()),
                (AUTHORIZATION, authorization.clone()),
            ]),
            body: Bytes::from(body.to_string()).into(),
            max_answer_bytes: MAX_ANSWER_BYTES,
        };
        let answer = self.transport.send(call, deadline).await?;
        let status = answer.status;
        let object = parse_object(&answer.body?).ok_or(CallError::Undocumented {
            status,
            problem: AnswerProblem::NotDocumented,
        })?;
        let text = |name| object.get(name).and_then(Value::as_str);
        match text("token").filter(|token| !token.is_empty()) {
            Some(token) if status.is_success() => {
                Ok(SessionReply::Token(Secret::new(token.to_owned())))
            }
            _ => Ok(SessionReply::Refused {
                status,
                result_code: text("resultCode").or(text("returnCode")).map(str::to_owned),
            }),
        }
    }
}
