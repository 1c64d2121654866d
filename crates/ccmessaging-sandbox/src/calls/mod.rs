//! The four calls, and what they have in common: headers, fields, rejections.

mod files;
mod tokens;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use crate::answer::{Answer, Code, Shape};
use crate::call::Call;
use crate::tokens::Verdict;
use crate::upstream::Upstream;

const APP_KEY: &str = "x-app-key";
const SESSION_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

impl Call {
    /// How this call spells its answers.
    pub(crate) fn shape(self, upstream: &Upstream) -> Shape {
        match self {
            Self::TokenByAkSk => Shape::Fabric,
            Self::UploadFileStream => upstream.settings.spelling.into(),
            Self::ApplyToken | Self::DownloadFileStream => Shape::ResultCode,
        }
    }

    /// Carries the call out.
    pub(crate) async fn carry_out(
        self,
        upstream: &Upstream,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Answer {
        match self {
            Self::TokenByAkSk => tokens::token_by_ak_sk(upstream, headers, body),
            Self::ApplyToken => tokens::apply_token(upstream, headers, body),
            Self::UploadFileStream => files::upload(upstream, headers, body).await,
            Self::DownloadFileStream => files::download(upstream, headers, body).await,
        }
        .unwrap_or_else(|rejection| rejection.answer(self.shape(upstream)))
    }
}

/// Why a call was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The access token is missing, unknown or expired.
    IllegalAccessToken,
    /// The app key or the app secret is not the configured one.
    IllegalApp,
    /// The session token is missing, unknown, replaced or expired.
    IllegalSession,
    /// The request is not what the call takes at all: no JSON object, or a header out of range.
    BadRequest,
    /// The body is longer than the sandbox reads.
    TooLarge,
    /// A parameter is wrong, or the file could not be processed: status 200 and a code.
    Coded(Code),
}

impl Rejection {
    pub(crate) fn answer(self, shape: Shape) -> Answer {
        let incorrect = |status| Answer::coded(shape, status, Code::IncorrectParameter, []);
        match self {
            Self::IllegalAccessToken => Answer::forbidden(
                "auth fail! illegal or expired token info. Please apply for a new token.",
            ),
            Self::IllegalApp => Answer::forbidden(
                "auth fail! illegal app info. Please check the app key and the app secret.",
            ),
            Self::IllegalSession => {
                Answer::coded(shape, StatusCode::UNAUTHORIZED, Code::Unauthorised, [])
            }
            Self::BadRequest => incorrect(StatusCode::BAD_REQUEST),
            Self::TooLarge => incorrect(StatusCode::PAYLOAD_TOO_LARGE),
            Self::Coded(code) => Answer::coded(shape, StatusCode::OK, code, []),
        }
    }
}

/// What the API fabric checks before the contact centre sees the call: `Authorization` and
/// `x-app-key`.
fn admit(upstream: &Upstream, headers: &HeaderMap) -> Result<(), Rejection> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Rejection::IllegalAccessToken)?;
    if !upstream.access_tokens.is_valid(bearer, upstream.now()) {
        return Err(Rejection::IllegalAccessToken);
    }
    let app_key = headers.get(APP_KEY).map(HeaderValue::as_bytes);
    if app_key != Some(upstream.settings.app_key.as_bytes()) {
        return Err(Rejection::IllegalApp);
    }
    Ok(())
}

/// Carries out a call of a session once its caller is admitted. From then on the caller's token may
/// be gone, so even a rejection hands over its successor.
async fn in_session(
    upstream: &Upstream,
    headers: &HeaderMap,
    answer: impl Future<Output = Answer>,
) -> Result<Answer, Rejection> {
    admit(upstream, headers)?;
    let token = headers
        .get(SESSION_TOKEN)
        .and_then(|value| value.to_str().ok())
        .ok_or(Rejection::IllegalSession)?;
    match upstream.session_tokens.present(token, upstream.now()) {
        Verdict::Rejected => Err(Rejection::IllegalSession),
        Verdict::Accepted => Ok(answer.await),
        Verdict::Replaced(token) => Ok(answer.await.header(SESSION_TOKEN, &token)),
    }
}

/// A request body that is a JSON object.
struct Fields(Map<String, Value>);

impl Fields {
    fn parse(body: &[u8]) -> Result<Self, Rejection> {
        serde_json::from_slice(body)
            .map(Self)
            .map_err(|_| Rejection::BadRequest)
    }

    /// The text of a mandatory field. Absent, null and empty count as missing.
    fn text(&self, name: &str) -> Result<&str, Rejection> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(Rejection::Coded(Code::MissingParameter)),
            Some(Value::String(text)) if text.is_empty() => {
                Err(Rejection::Coded(Code::MissingParameter))
            }
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(Rejection::Coded(Code::IncorrectParameter)),
        }
    }
}
