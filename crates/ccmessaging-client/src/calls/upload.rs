//! The call `uploadFileStream` (contract section 1).

use bytes::Bytes;
use ccmessaging_core::Payload;
use http::{HeaderMap, Method};

use super::request::{CallBody, CallContent, CallRequest};
use super::response::CallResponse;
use super::upload_response::UploadResponse;
use crate::body::RequestBody;
use crate::retry::Repeat;
use crate::transport::Call;
use crate::{CallError, Client, Credentials, Deadline, Peer};

/// The API's path, below the base URL.
pub const UPLOAD_PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// The longest response that is read. A documented one has about 100 bytes.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

impl Client {
    /// Prepares an upload with the given credentials.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// use ccmessaging_client::{Client, ClientConfig, Credentials};
    /// use ccmessaging_core::{Policy, UploadRequest};
    ///
    /// let sandbox = ccmessaging_sandbox::Sandbox::builder().start().await?;
    /// let client = Client::new(&ClientConfig::new(sandbox.base_url().parse()?))?;
    /// let credentials = Credentials::new(
    ///     sandbox.issue_session_token().parse()?,
    ///     sandbox.app_key().parse()?,
    ///     format!("Bearer {}", sandbox.issue_access_token()).parse()?,
    /// );
    /// let file = UploadRequest::from_file("hello", "txt").validate(&Policy::default())?;
    /// let payload = file.into_payload();
    ///
    /// let upload = client.upload(&payload, &credentials);
    /// let response = upload.timeout(Duration::from_secs(10)).send().await?;
    /// assert!(response.is_stored());
    /// assert_eq!(response.attempts, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload<'a>(
        &'a self,
        payload: &'a Payload,
        credentials: &Credentials,
    ) -> CallRequest<'a, UploadResponse> {
        let content = CallContent {
            method: Method::POST,
            uri: self.base_url.join(UPLOAD_PATH),
            body: CallBody::Upload(payload),
            max_response_bytes: MAX_RESPONSE_BYTES,
            repeat: Repeat::Always,
            read: CallResponse::<UploadResponse>::read,
        };
        CallRequest::new(self, credentials, content)
    }

    /// Sends an upload without any fields, without retries. It stores nothing; the response shows whether
    /// path and credentials are correct. The API responds with return code `2`.
    ///
    /// # Errors
    ///
    /// The response is missing or undocumented.
    pub async fn probe_upload(
        &self,
        credentials: &Credentials,
        deadline: Deadline,
    ) -> Result<CallResponse<UploadResponse>, CallError> {
        let mut headers = HeaderMap::new();
        credentials.add_to(&mut headers, None);
        let call = Call {
            peer: Peer::ContactCentre,
            method: Method::POST,
            uri: self.base_url.join(UPLOAD_PATH),
            headers,
            body: RequestBody::from(Bytes::from_static(b"{}")),
            max_response_bytes: MAX_RESPONSE_BYTES,
            reserve: None,
        };
        CallResponse::<UploadResponse>::read(self.transport.send(call, deadline).await?)
    }
}
