//! The four calls and their common parts: headers, fields, rejections.

mod files;
mod tokens;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use crate::call::Call;
use crate::response::{BodyFormat, CallResponse, Code};
use crate::tokens::SESSION_TOKEN_LIFETIME;
use crate::upstream::Upstream;

const APP_KEY: &str = "x-app-key";
const SESSION_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

impl Call {
    /// Returns the format of this call's responses.
    pub(crate) const fn body_format(self) -> BodyFormat {
        match self {
            Self::TokenByAkSk => BodyFormat::Fabric,
            Self::UploadFileStream => BodyFormat::ReturnCode,
            Self::ApplyToken | Self::DownloadFileStream => BodyFormat::ResultCode,
        }
    }

    pub(crate) fn execute(
        self,
        upstream: &Upstream,
        headers: &HeaderMap,
        body: &[u8],
    ) -> CallResponse {
        match self {
            Self::TokenByAkSk => tokens::token_by_ak_sk(upstream, headers, body),
            Self::ApplyToken => tokens::apply_token(upstream, headers, body),
            Self::UploadFileStream => files::upload(upstream, headers, body),
            Self::DownloadFileStream => files::download(upstream, headers, body),
        }
        .unwrap_or_else(|rejection| rejection.response(self.body_format()))
    }
}

/// Why a call was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The access token is missing, unknown or expired.
    AccessToken,
    /// The app key or the app secret is not the configured one.
    App,
    /// The session token is missing, unknown, replaced or expired.
    SessionToken,
    /// The body is not a JSON object, or a header is out of range.
    BadRequest,
    /// The body exceeds the sandbox's limit.
    TooLarge,
    /// A parameter is wrong, or the file could not be processed: status 200 and a code.
    Coded(Code),
}

impl Rejection {
    pub(crate) fn response(self, format: BodyFormat) -> CallResponse {
        let incorrect = |status| CallResponse::coded(format, status, Code::IncorrectParameter, []);
        match self {
            Self::AccessToken => CallResponse::forbidden(
                "auth fail! illegal or expired token info. Please apply for a new token.",
            ),
            Self::App => CallResponse::forbidden(
                "auth fail! illegal app info. Please check the app key and the app secret.",
            ),
            Self::SessionToken => {
                CallResponse::coded(format, StatusCode::UNAUTHORIZED, Code::Unauthorized, [])
            }
            Self::BadRequest => incorrect(StatusCode::BAD_REQUEST),
            Self::TooLarge => incorrect(StatusCode::PAYLOAD_TOO_LARGE),
            Self::Coded(code) => CallResponse::coded(format, StatusCode::OK, code, []),
        }
    }
}

/// Checks `Authorization` and `x-app-key`, as the API fabric does before it forwards a call.
fn authorize(upstream: &Upstream, headers: &HeaderMap) -> Result<(), Rejection> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Rejection::AccessToken)?;
    if !upstream.access_tokens.is_valid(bearer, upstream.now()) {
        return Err(Rejection::AccessToken);
    }
    let app_key = headers.get(APP_KEY).map(HeaderValue::as_bytes);
    if app_key != Some(upstream.settings.app_key.as_bytes()) {
        return Err(Rejection::App);
    }
    Ok(())
}

/// Authorizes a call of a session and runs it.
///
/// `run` returns a response even for a wrong parameter: the caller's token may already be replaced,
/// and then the response has to carry the new one.
fn in_session(
    upstream: &Upstream,
    headers: &HeaderMap,
    run: impl FnOnce() -> CallResponse,
) -> Result<CallResponse, Rejection> {
    authorize(upstream, headers)?;
    let token = headers
        .get(SESSION_TOKEN)
        .and_then(|value| value.to_str().ok())
        .ok_or(Rejection::SessionToken)?;
    let now = upstream.now();
    if !upstream.session_tokens.is_valid(token, now) {
        return Err(Rejection::SessionToken);
    }
    let expiry = now + SESSION_TOKEN_LIFETIME;
    let rotation = upstream.settings.rotation;
    Ok(
        match upstream.session_tokens.rotate(token, rotation, expiry) {
            Some(new) => run().header(SESSION_TOKEN, &new),
            None => run(),
        },
    )
}

/// The fields of a request body.
struct Fields(Map<String, Value>);

impl Fields {
    fn parse(body: &[u8]) -> Result<Self, Rejection> {
        serde_json::from_slice(body)
            .map(Self)
            .map_err(|_| Rejection::BadRequest)
    }

    /// Returns the text of a mandatory field. Null and empty count as missing.
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
