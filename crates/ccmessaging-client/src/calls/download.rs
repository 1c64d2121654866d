//! The call `downloadFileStream` (contract section 4).

use std::fmt;

use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Content as _};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::error::is_transient_status;
use crate::retry::Repeat;
use crate::transport::Call;
use crate::{CallError, Client, Credentials, Deadline, InvalidResponse, Peer};

const PATH: &str = "/apiaccess/ccmessaging/downloadFileStream";

/// The size of a response without the file's Base64.
const MAX_FRAME_BYTES: usize = 4096;

/// A documented response to a download.
#[derive(Clone)]
#[non_exhaustive]
pub struct Download {
    /// The response's status.
    pub status: StatusCode,
    /// The file, or `None` if the response has none.
    pub file: Option<Vec<u8>>,
    /// `resultCode` or `returnCode`, if the response has one.
    pub return_code: Option<String>,
    /// The newest session token of the responses to all attempts. It replaces the one that was sent.
    pub session_token: Option<HeaderValue>,
}

impl Download {
    /// Returns whether a token is expired or wrong: 401, or the API fabric's 403, whose JSON has no
    /// return code.
    #[must_use]
    pub fn refuses_token(&self) -> bool {
        match self.status {
            StatusCode::UNAUTHORIZED => true,
            StatusCode::FORBIDDEN => self.return_code.is_none(),
            _ => false,
        }
    }

    /// Returns whether the contact centre reports that there is no such file: 404, or a success
    /// without a file, which is how the API reports it.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.file.is_none() && (self.status.is_success() || self.status == StatusCode::NOT_FOUND)
    }
}

impl fmt::Debug for Download {
    /// Prints the size only: the file is a customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("status", &self.status)
            .field("len", &self.file.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Downloads a file of at most `max_bytes` that was uploaded in the same session, and repeats the
    /// call as the [`RetryPolicy`](crate::RetryPolicy) says.
    ///
    /// # Errors
    ///
    /// The response is missing, undocumented, too large, or has status 429 or 5xx.
    pub async fn download(
        &self,
        credentials: &Credentials,
        object_key: &str,
        file_type: &str,
        max_bytes: usize,
        deadline: Deadline,
    ) -> Result<Download, CallError> {
        let body = json!({
            "fileId": format!("local/{object_key}"),
            "channel": "WEB",
            "fileType": file_type,
        });
        let body = Bytes::from(body.to_string());
        let max_response_bytes = max_bytes
            .div_ceil(3)
            .saturating_mul(4)
            .saturating_add(MAX_FRAME_BYTES);
        let attempt = |newest_token: Option<HeaderValue>| {
            let call = Call {
                peer: Peer::ContactCentre,
                method: Method::POST,
                uri: self.base_url.join(PATH),
                headers: credentials.to_headers(newest_token),
                body: body.clone().into(),
                max_response_bytes,
            };
            self.transport.send(call, deadline)
        };
        let mut response = self.retry.run(deadline, Repeat::Always, attempt).await?;
        if is_transient_status(response.status) {
            return Err(response.unexpected(InvalidResponse::Status));
        }
        let mut object = response.take_object()?;
        let file = match object.remove("fileStream") {
            Some(Value::String(text)) if response.status.is_success() => {
                let file = CanonicalBase64::from_text(text)
                    .map_err(|_| response.unexpected(InvalidResponse::Undocumented))?;
                let mut bytes = vec![0; file.len()];
                file.read_at(0, &mut bytes);
                Some(bytes)
            }
            _ => None,
        };
        let code = object.get("resultCode").or(object.get("returnCode"));
        Ok(Download {
            status: response.status,
            file,
            return_code: code.and_then(Value::as_str).map(str::to_owned),
            session_token: response.session_token,
        })
    }
}
