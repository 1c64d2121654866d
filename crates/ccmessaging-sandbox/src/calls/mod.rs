//! The calls and their common parts: headers, fields, rejections.

mod content;
mod files;
mod history;
mod messages;
mod tokens;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use crate::call::Call;
use crate::response::{BodyFormat, CallResponse, Code};
use crate::tokens::{Customer, SESSION_TOKEN_LIFETIME};
use crate::upstream::Upstream;

const APP_KEY: &str = "x-app-key";
const SESSION_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

/// The only documented channel.
const CHANNEL: &str = "WEB";

/// The parts of a request that the calls read.
pub(crate) struct CallRequest<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
}

impl Call {
    /// Returns the format of this call's responses.
    pub(crate) const fn body_format(self) -> BodyFormat {
        match self {
            Self::TokenByAkSk => BodyFormat::Fabric,
            Self::UploadFileStream => BodyFormat::ReturnCode,
            _ => BodyFormat::ResultCode,
        }
    }

    pub(crate) fn execute(self, upstream: &Upstream, request: &CallRequest<'_>) -> CallResponse {
        match self {
            Self::TokenByAkSk => tokens::token_by_ak_sk(upstream, request),
            Self::ApplyToken => tokens::apply_token(upstream, request),
            Self::UploadFileStream => files::upload(upstream, request),
            Self::DownloadFileStream => files::download(upstream, request),
            Self::Send => messages::send(upstream, request),
            Self::SendAsync => messages::send_async(upstream, request),
            Self::Poll => messages::poll(upstream, request),
            Self::QueryHistoryChatMessage => history::query(upstream, request),
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
    /// As `Coded` with the code of an incorrect parameter, and a description of the problem.
    Explained(&'static str),
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
            Self::Explained(problem) => CallResponse::coded(
                format,
                StatusCode::OK,
                Code::IncorrectParameter,
                [("resultDesc", problem.into())],
            ),
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
    let owner = upstream.access_tokens.owner(bearer, upstream.now());
    owner.ok_or(Rejection::AccessToken)?;
    let app_key = headers.get(APP_KEY).map(HeaderValue::as_bytes);
    if app_key != Some(upstream.settings.app_key.as_bytes()) {
        return Err(Rejection::App);
    }
    Ok(())
}

/// Authorizes a call of a session and runs it for the customer who owns the session. The response has
/// the field that `run` returns.
///
/// A wrong parameter does not end this function early: the caller's token may already be replaced, and
/// then the response has to contain the new one.
fn in_session<const N: usize>(
    upstream: &Upstream,
    request: &CallRequest<'_>,
    format: BodyFormat,
    run: impl FnOnce(&Customer) -> Result<[(&'static str, Value); N], Rejection>,
) -> Result<CallResponse, Rejection> {
    authorize(upstream, request.headers)?;
    let token = request
        .headers
        .get(SESSION_TOKEN)
        .and_then(|value| value.to_str().ok())
        .ok_or(Rejection::SessionToken)?;
    let now = upstream.now();
    let customer = upstream.session_tokens.owner(token, now);
    let customer = customer.ok_or(Rejection::SessionToken)?;
    let expiry = now + SESSION_TOKEN_LIFETIME;
    let rotation = upstream.settings.rotation;
    let new_token = upstream
        .session_tokens
        .rotate(token, &customer, rotation, expiry);
    let response = match run(&customer) {
        Ok(fields) => CallResponse::coded(format, StatusCode::OK, Code::Success, fields),
        Err(rejection) => rejection.response(format),
    };
    Ok(match new_token {
        Some(token) => response.header(SESSION_TOKEN, &token),
        None => response,
    })
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
        self.optional_text(name)?
            .ok_or(Rejection::Coded(Code::MissingParameter))
    }

    /// Returns the text of a field. Null and empty count as missing.
    fn optional_text(&self, name: &str) -> Result<Option<&str>, Rejection> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok((!text.is_empty()).then_some(text)),
            Some(_) => Err(Rejection::Coded(Code::IncorrectParameter)),
        }
    }

    /// Returns a field that is a whole number, in digits or as a JSON number: the documentation's
    /// editions differ.
    fn number(&self, name: &str) -> Result<Option<u64>, Rejection> {
        let number = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(digits)) => digits.parse().ok(),
            Some(value) => value.as_u64(),
        };
        number
            .map(Some)
            .ok_or(Rejection::Coded(Code::IncorrectParameter))
    }
}
