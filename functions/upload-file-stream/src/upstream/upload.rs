//! The call `uploadFileStream`.

use bytes::Bytes;
use ccmessaging_core::{Payload, UpstreamAnswer};
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::retry::{self, Retries};
use super::segments::Segments;
use super::{
    AnswerProblem, CCMESSAGING_TOKEN, Call, RawAnswer, StreamedBody, Upstream, UpstreamError,
    X_APP_KEY,
};
use crate::{Deadline, TraceContext};

/// The API's path, below the base URL; the gateway itself answers on the same.
pub const UPLOAD_PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// The longest answer that is read. A documented one has about 100 bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The three credentials of an upload, as header values that are marked sensitive.
#[derive(Clone, Debug)]
pub struct UpstreamCredentials {
    /// `ccmessaging-token`.
    pub session_token: HeaderValue,
    /// `x-app-key`.
    pub app_key: HeaderValue,
    /// `Authorization`, with its scheme.
    pub authorization: HeaderValue,
}

/// An answer of the upstream that is passed on.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// Its status, unchanged.
    pub status: StatusCode,
    /// `ccmessaging-token` and `Retry-After`, where they were sent; no other header is let through.
    pub headers: HeaderMap,
    /// Its JSON, unchanged.
    pub body: Bytes,
    /// What the JSON says.
    pub answer: UpstreamAnswer,
}

impl Upstream {
    /// Sends an upload, each attempt as a part of the caller's `trace` if there is one; `retries`
    /// counts the attempts.
    ///
    /// An upload alone sends nothing to an agent, so repeating one leaves at most an orphaned file.
    ///
    /// # Errors
    ///
    /// The last attempt's error, where no attempt gave an answer of the API.
    pub async fn upload(
        &self,
        credentials: &UpstreamCredentials,
        payload: &Payload,
        trace: Option<&TraceContext>,
        deadline: Deadline,
        retries: &mut Retries,
    ) -> Result<Forwarded, UpstreamError> {
        let attempt = async |newest_token: Option<HeaderValue>| {
            let mut headers = request_headers(credentials);
            headers.extend(trace.into_iter().flat_map(TraceContext::headers));
            if let Some(token) = newest_token {
                headers.insert(CCMESSAGING_TOKEN, token);
            }
            let call = Call {
                uri: self.base_url.join(UPLOAD_PATH),
                headers,
                body: Segments::new(payload.segments()).into(),
                max_answer_bytes: MAX_ANSWER_BYTES,
            };
            self.transport.send(call, deadline).await
        };
        let answer = retry::until_answered(attempt, deadline, retries).await?;
        judge(answer)
    }

    /// Sends an upload that is still arriving, once: what was sent on is not there any more to be
    /// repeated.
    ///
    /// # Errors
    ///
    /// No answer of the API.
    pub(crate) async fn upload_streamed(
        &self,
        credentials: &UpstreamCredentials,
        body: StreamedBody,
        trace: Option<&TraceContext>,
        deadline: Deadline,
        retries: &mut Retries,
    ) -> Result<Forwarded, UpstreamError> {
        let mut headers = request_headers(credentials);
        headers.extend(trace.into_iter().flat_map(TraceContext::headers));
        let call = Call {
            uri: self.base_url.join(UPLOAD_PATH),
            headers,
            body: body.into(),
            max_answer_bytes: MAX_ANSWER_BYTES,
        };
        let attempt = self.transport.send(call, deadline);
        judge(retry::once(attempt, retries).await?)
    }

    /// Sends an upload without any of its fields, once: it stores nothing, and the answer tells
    /// whether path and credentials are right. The API answers it with return code `2`.
    ///
    /// # Errors
    ///
    /// No answer of the API.
    pub async fn probe_upload(
        &self,
        credentials: &UpstreamCredentials,
        deadline: Deadline,
    ) -> Result<Forwarded, UpstreamError> {
        let call = Call {
            uri: self.base_url.join(UPLOAD_PATH),
            headers: request_headers(credentials),
            body: Segments::from(b"{}".to_vec()).into(),
            max_answer_bytes: MAX_ANSWER_BYTES,
        };
        judge(self.transport.send(call, deadline).await?)
    }
}

fn request_headers(credentials: &UpstreamCredentials) -> HeaderMap {
    HeaderMap::from_iter([
        (CCMESSAGING_TOKEN, credentials.session_token.clone()),
        (X_APP_KEY, credentials.app_key.clone()),
        (AUTHORIZATION, credentials.authorization.clone()),
    ])
}

/// Decides whether an answer is one of the API's.
fn judge(raw: RawAnswer) -> Result<Forwarded, UpstreamError> {
    let status = raw.status;
    let undocumented = |problem| UpstreamError::Undocumented { status, problem };
    if status.is_redirection() {
        return Err(undocumented(AnswerProblem::Redirect));
    }
    let body = raw.body?;
    let answer = UpstreamAnswer::parse(&body)
        // A success must say so in the documented words.
        .filter(|answer| !status.is_success() || *answer != UpstreamAnswer::Other)
        .ok_or_else(|| undocumented(AnswerProblem::NotDocumented))?;
    let mut headers = HeaderMap::new();
    for name in [CCMESSAGING_TOKEN, RETRY_AFTER] {
        if let Some(value) = raw.headers.get(&name) {
            let mut value = value.clone();
            value.set_sensitive(name == CCMESSAGING_TOKEN);
            headers.insert(name, value);
        }
    }
    Ok(Forwarded {
        status,
        headers,
        body,
        answer,
    })
}
