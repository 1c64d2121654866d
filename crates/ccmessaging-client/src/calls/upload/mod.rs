//! The call `uploadFileStream` (contract section 1).

mod response;

use std::time::Duration;

use bytes::Bytes;
use ccmessaging_core::Payload;
use http::{HeaderMap, HeaderValue, Method};

use super::DEFAULT_TIMEOUT;
use crate::body::RequestBody;
use crate::retry::Repeat;
use crate::transport::Call;
use crate::{CallError, Client, Credentials, Deadline, Peer, Progress};

pub use response::{UploadResponse, UpstreamResponse};

/// The API's path, below the base URL.
pub const UPLOAD_PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// The longest response that is read. A documented one has about 100 bytes.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// An upload to send. Created by [`Client::upload`].
#[derive(Debug)]
#[must_use = "an upload does nothing until `send` is awaited"]
pub struct Upload<'a> {
    client: &'a Client,
    payload: &'a Payload,
    credentials: &'a Credentials,
    headers: HeaderMap,
    deadline: Deadline,
    progress: Progress,
}

impl Upload<'_> {
    /// Adds headers to each attempt, such as a trace context. The credentials replace headers of the
    /// same name.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the deadline of all attempts together: 25 s from now by default.
    pub fn deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the deadline of all attempts together to this long from now.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.deadline(Deadline::after(timeout))
    }

    /// Counts attempts in `progress`.
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.progress = progress.clone();
        self
    }

    /// Sends the upload, with retries by the client's [`RetryPolicy`](crate::RetryPolicy). An upload
    /// alone sends nothing to an agent, so a retry leaves at most an orphaned file.
    ///
    /// A response that rejects the file is returned as `Ok`: see [`UpstreamResponse::is_stored`].
    ///
    /// # Errors
    ///
    /// The last attempt returned no documented response.
    pub async fn send(self) -> Result<UpstreamResponse, CallError> {
        let Self {
            client, deadline, ..
        } = self;
        let attempt = |newest_token: Option<HeaderValue>| {
            let mut headers = self.headers.clone();
            self.credentials.add_to(&mut headers, newest_token);
            self.progress.begin_attempt();
            let body = RequestBody::payload(self.payload);
            let call = client.upload_call(headers, body);
            client.transport.send(call, deadline)
        };
        let raw = client.retry.run(deadline, Repeat::Always, attempt).await?;
        UpstreamResponse::read(raw)
    }
}

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
    pub fn upload<'a>(&'a self, payload: &'a Payload, credentials: &'a Credentials) -> Upload<'a> {
        Upload {
            client: self,
            payload,
            credentials,
            headers: HeaderMap::new(),
            deadline: Deadline::after(DEFAULT_TIMEOUT),
            progress: Progress::default(),
        }
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
    ) -> Result<UpstreamResponse, CallError> {
        let body = RequestBody::from(Bytes::from_static(b"{}"));
        let call = self.upload_call(credentials.to_headers(None), body);
        UpstreamResponse::read(self.transport.send(call, deadline).await?)
    }

    fn upload_call(&self, headers: HeaderMap, body: RequestBody) -> Call<'static> {
        Call {
            peer: Peer::ContactCentre,
            method: Method::POST,
            uri: self.base_url.join(UPLOAD_PATH),
            headers,
            body,
            max_response_bytes: MAX_RESPONSE_BYTES,
            memory: None,
        }
    }
}
