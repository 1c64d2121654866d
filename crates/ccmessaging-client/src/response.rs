//! Responses to an upload: which of them the API documents, and which of their headers are kept.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use crate::headers::request_id;
use crate::transport::RawResponse;
use crate::{CCMESSAGING_TOKEN, CallError, InvalidResponse, UploadResponse};

/// A documented response to an upload.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UpstreamResponse {
    /// The status, unchanged.
    pub status: StatusCode,
    /// `ccmessaging-token`, if usable, and `Retry-After`; no other headers.
    pub headers: HeaderMap,
    /// The JSON, unchanged.
    pub body: Bytes,
    /// The parsed JSON.
    pub result: UploadResponse,
    /// The newest session token of the responses to all attempts. It replaces the one that was sent.
    pub session_token: Option<HeaderValue>,
    /// The identifier that the contact centre gave the call (`x-request-id`).
    pub request_id: Option<String>,
    /// How often the upload was attempted.
    pub attempts: u32,
}

/// The members by which the contact centre and the API gateways in front of it explain a response.
const DESCRIPTIONS: [&str; 4] = ["returnDesc", "resultDesc", "exceptionInfo", "error_msg"];

impl UpstreamResponse {
    /// Returns whether the contact centre stored the file: status, return code and object key agree.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.status.is_success() && matches!(self.result, UploadResponse::Stored { .. })
    }

    /// Returns whether a token is expired or wrong: 401, or the API fabric's 403, whose JSON has no
    /// return code. The response is the same for an access token and for a session token.
    #[must_use]
    pub fn refuses_token(&self) -> bool {
        match self.status {
            StatusCode::UNAUTHORIZED => true,
            StatusCode::FORBIDDEN => self.result == UploadResponse::Other,
            _ => false,
        }
    }

    /// Returns the sentence by which the response explains itself, such as `returnDesc`. It is the
    /// service's own text and may quote the request.
    #[must_use]
    pub fn description(&self) -> Option<String> {
        let mut object: Map<String, Value> = serde_json::from_slice(&self.body).ok()?;
        DESCRIPTIONS
            .iter()
            .find_map(|name| match object.remove(*name) {
                Some(Value::String(text)) if !text.is_empty() => Some(text),
                _ => None,
            })
    }

    /// Accepts a response that the API documents. One that says that the file is stored counts only
    /// if all of the request had been written before.
    pub(crate) fn read(mut raw: RawResponse) -> Result<Self, CallError> {
        let status = raw.status;
        if status.is_redirection() {
            return Err(raw.unexpected(InvalidResponse::Redirect));
        }
        if is_impossible(status) {
            return Err(raw.unexpected(InvalidResponse::Undocumented));
        }
        let body = raw.take_body()?;
        let result = UploadResponse::parse(&body)
            // A success must have a documented return code.
            .filter(|result| !status.is_success() || *result != UploadResponse::Other)
            .ok_or_else(|| raw.unexpected(InvalidResponse::Undocumented))?;
        let is_stored = matches!(result, UploadResponse::Stored { .. });
        if status.is_success() && is_stored && !raw.is_sent_whole {
            return Err(raw.unexpected(InvalidResponse::PrematureSuccess));
        }
        let mut headers = HeaderMap::new();
        if let Some(token) = &raw.session_token {
            headers.insert(CCMESSAGING_TOKEN, token.clone());
        }
        if let Some(value) = raw.headers.get(RETRY_AFTER) {
            headers.insert(RETRY_AFTER, value.clone());
        }
        Ok(Self {
            status,
            headers,
            body,
            result,
            session_token: raw.session_token,
            request_id: request_id(&raw.headers),
            attempts: raw.attempts,
        })
    }
}

/// Whether no response of the API can have this status: it forbids a body (RFC 9110 sections 15.3.5
/// and 15.3.6), or is outside of the defined classes (section 15).
pub(crate) fn is_impossible(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT)
        || !(200..600).contains(&status.as_u16())
}
