//! The call `uploadFileStream` (contract section 1).

use std::fmt;

use bytes::Bytes;
use ccmessaging_core::Payload;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use crate::body::RequestBody;
use crate::transport::Call;
use crate::{
    Attempts, CCMESSAGING_TOKEN, CallError, Client, Deadline, UpstreamResponse, X_APP_KEY,
};

/// The API's path, below the base URL.
pub const UPLOAD_PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// The longest answer that is read. A documented one has about 100 bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The three credentials of a call. `Debug` prints none of them.
#[derive(Clone)]
pub struct Credentials {
    /// `ccmessaging-token`.
    pub session_token: HeaderValue,
    /// `x-app-key`.
    pub app_key: HeaderValue,
    /// `Authorization`, with its scheme.
    pub authorization: HeaderValue,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// `further` headers, and the credentials over them.
    pub(crate) fn headers(&self, further: &HeaderMap) -> HeaderMap {
        let mut headers = further.clone();
        headers.insert(CCMESSAGING_TOKEN, self.session_token.clone());
        headers.insert(X_APP_KEY, self.app_key.clone());
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers
    }
}

impl Client {
    /// Sends an upload; passing faults are repeated until the deadline. `headers` are further ones
    /// to send with each attempt, such as a trace context. `attempts` counts the attempts even if
    /// this future is dropped.
    ///
    /// An upload alone sends nothing to an agent, so repeating one leaves at most an orphaned file.
    ///
    /// # Errors
    ///
    /// The last attempt's error, where no attempt got an answer of the API.
    pub async fn upload(
        &self,
        credentials: &Credentials,
        payload: &Payload,
        headers: &HeaderMap,
        deadline: Deadline,
        attempts: &mut Attempts,
    ) -> Result<UpstreamResponse, CallError> {
        let progress = attempts.progress();
        let attempt = |newest_token: Option<HeaderValue>| {
            let mut headers = credentials.headers(headers);
            if let Some(token) = newest_token {
                headers.insert(CCMESSAGING_TOKEN, token);
            }
            let body = RequestBody::payload(payload, progress.clone());
            self.transport
                .send(self.upload_call(headers, body), deadline)
        };
        let raw = attempts.until_answered(attempt, deadline).await?;
        UpstreamResponse::read(raw)
    }

    /// Sends an upload without any of its fields, once: it stores nothing, and the answer tells
    /// whether path and credentials are right. The API answers it with return code `2`.
    ///
    /// # Errors
    ///
    /// No answer of the API.
    pub async fn probe_upload(
        &self,
        credentials: &Credentials,
        deadline: Deadline,
    ) -> Result<UpstreamResponse, CallError> {
        let body = RequestBody::from(Bytes::from_static(b"{}"));
        let call = self.upload_call(credentials.headers(&HeaderMap::new()), body);
        UpstreamResponse::read(self.transport.send(call, deadline).await?)
    }

    fn upload_call(&self, headers: HeaderMap, body: RequestBody) -> Call {
        Call {
            uri: self.base_url.join(UPLOAD_PATH),
            headers,
            body,
            max_answer_bytes: MAX_ANSWER_BYTES,
        }
    }
}
