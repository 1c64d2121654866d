//! Answers to an upload: which of them are the API's, and what of them is passed on.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};

use crate::transport::RawResponse;
use crate::{AnswerProblem, CCMESSAGING_TOKEN, CallError, UploadResponse};

/// An answer of the API to an upload.
#[derive(Clone, Debug)]
pub struct UpstreamResponse {
    /// Its status, unchanged.
    pub status: StatusCode,
    /// `ccmessaging-token` (if usable) and `Retry-After`, where they were sent; nothing else.
    pub headers: HeaderMap,
    /// Its JSON, unchanged.
    pub body: Bytes,
    /// What the JSON says.
    pub answer: UploadResponse,
}

impl UpstreamResponse {
    /// Whether the contact centre has the file: status, return code and object key agree.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.status.is_success() && matches!(self.answer, UploadResponse::Stored { .. })
    }

    /// Whether a token is expired or wrong: 401, or the API fabric's 403, whose JSON has no return
    /// code. The same answer is given for an access token and for a session token.
    #[must_use]
    pub fn refuses_token(&self) -> bool {
        match self.status {
            StatusCode::UNAUTHORIZED => true,
            StatusCode::FORBIDDEN => self.answer == UploadResponse::Other,
            _ => false,
        }
    }

    /// Decides whether an answer is one of the API's. That it stored the file counts only if all
    /// of the request had been written before.
    pub(crate) fn read(raw: RawResponse) -> Result<Self, CallError> {
        let status = raw.status;
        let undocumented = |problem| CallError::Undocumented { status, problem };
        if status.is_redirection() {
            return Err(undocumented(AnswerProblem::Redirect));
        }
        if is_impossible(status) {
            return Err(undocumented(AnswerProblem::NotDocumented));
        }
        let body = raw.body?;
        let answer = UploadResponse::parse(&body)
            // A success must say so in the documented words.
            .filter(|answer| !status.is_success() || *answer != UploadResponse::Other)
            .ok_or_else(|| undocumented(AnswerProblem::NotDocumented))?;
        let is_stored = matches!(answer, UploadResponse::Stored { .. });
        if status.is_success() && is_stored && !raw.is_sent_whole {
            return Err(undocumented(AnswerProblem::TooEarly));
        }
        let mut headers = HeaderMap::new();
        if let Some(token) = raw.session_token {
            headers.insert(CCMESSAGING_TOKEN, token);
        }
        if let Some(value) = raw.headers.get(RETRY_AFTER) {
            headers.insert(RETRY_AFTER, value.clone());
        }
        Ok(Self {
            status,
            headers,
            body,
            answer,
        })
    }
}

/// Whether a token was refused, with a usable answer or without: the contact centre says the same of
/// an access token and of a session token.
#[must_use]
pub fn refuses_token(result: &Result<UpstreamResponse, CallError>) -> bool {
    match result {
        Ok(response) => response.refuses_token(),
        Err(error) => error.refuses_token(),
    }
}

/// Statuses with which no answer of the API can come: they forbid a body (RFC 9110 sections 15.3.5
/// and 15.3.6), or are outside of the defined classes (section 15).
fn is_impossible(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT)
        || !(200..600).contains(&status.as_u16())
}
