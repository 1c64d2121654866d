//! A documented response, with what uploads and the chat's calls have in common.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::CCMESSAGING_TOKEN;
use crate::headers::{request_id, retry_after};
use crate::transport::RawResponse;

/// A documented response to an upload (`R` is [`UploadResponse`](crate::UploadResponse)) or to a call of the chat
/// ([`ChatResponse`](ccmessaging_core::chat::ChatResponse)).
#[derive(Clone)]
#[non_exhaustive]
pub struct CallResponse<R> {
    /// The status, unchanged.
    pub status: StatusCode,
    /// `ccmessaging-token`, if usable, and `Retry-After`; no other headers.
    pub headers: HeaderMap,
    /// The JSON, unchanged.
    pub body: Bytes,
    /// The parsed result. Messages are not parsed.
    pub result: R,
    /// The newest session token of the responses to all attempts. It replaces the one that was sent.
    pub session_token: Option<HeaderValue>,
    /// The identifier that the contact centre gave the call (`x-request-id`).
    pub request_id: Option<String>,
    /// How often the call was attempted.
    pub attempts: u32,
    has_code: bool,
}

impl<R> CallResponse<R> {
    /// Combines a response's head and its JSON. `has_code` says whether that has a return code or result code.
    pub(super) fn new(raw: RawResponse, body: Bytes, result: R, has_code: bool) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(token) = &raw.session_token {
            headers.insert(CCMESSAGING_TOKEN, token.clone());
        }
        if let Some(value) = raw.headers.get(RETRY_AFTER) {
            headers.insert(RETRY_AFTER, value.clone());
        }
        Self {
            status: raw.status,
            headers,
            body,
            result,
            session_token: raw.session_token,
            request_id: request_id(&raw.headers),
            attempts: raw.attempts,
            has_code,
        }
    }

    /// Returns how long the response asks to wait before the next call (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }

    /// Returns whether a token is expired or wrong: 401, or the API fabric's 403, whose JSON has no
    /// code. The response is the same for an access token and for a session token.
    #[must_use]
    pub fn rejects_token(&self) -> bool {
        rejects_token(self.status, self.has_code)
    }
}

/// Returns whether a response rejects a token: see [`CallResponse::rejects_token`].
pub(super) fn rejects_token(status: StatusCode, has_code: bool) -> bool {
    match status {
        StatusCode::UNAUTHORIZED => true,
        StatusCode::FORBIDDEN => !has_code,
        _ => false,
    }
}

impl<R: fmt::Debug> fmt::Debug for CallResponse<R> {
    /// Prints no body, which may contain messages and files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallResponse")
            .field("status", &self.status)
            .field("result", &self.result)
            .field("len", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
