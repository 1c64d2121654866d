//! The chat's calls: `send`, `sendAsync`, `poll`, `queryHistoryChatMessage` and `downloadFileStream`.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use ccmessaging_core::chat::{
    ChatResult, DownloadRequest, DownloadResponse, HistoryRequest, PollRequest, SendRequest,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::DEFAULT_TIMEOUT;
use crate::body::RequestBody;
use crate::headers::{request_id, retry_after};
use crate::retry::Repeat;
use crate::transport::{Call, RawResponse, ReserveMemory};
use crate::{CallError, Client, Credentials, Deadline, InvalidResponse, Peer};

/// The longest response to `send` and `sendAsync` that is read. A documented one has about 50 bytes.
const MAX_RESULT_BYTES: usize = 64 * 1024;

/// The longest response with messages that is read. A message has at most 500 characters of content.
const MAX_MESSAGES_BYTES: usize = 1024 * 1024;

/// The size of a response to a download without the file's Base64.
const MAX_FRAME_BYTES: usize = 16 * 1024;

/// A validated call of the chat.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ChatCall<'a> {
    /// `send`: sends a message.
    Send(&'a SendRequest),
    /// `sendAsync`: accepts a message to be sent later.
    SendAsync(&'a SendRequest),
    /// `poll`: returns and consumes the messages to a user.
    Poll(&'a PollRequest),
    /// `queryHistoryChatMessage`: returns earlier messages.
    History(&'a HistoryRequest),
    /// `downloadFileStream`: returns a file.
    Download {
        /// The file.
        request: &'a DownloadRequest,
        /// The most bytes that the file may have.
        max_bytes: usize,
    },
}

impl ChatCall<'_> {
    /// Returns the call's path, below the base URL.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Send(_) => "/apiaccess/ccmessaging/send",
            Self::SendAsync(_) => "/apiaccess/ccmessaging/sendAsync",
            Self::Poll(_) => "/apiaccess/ccmessaging/poll",
            Self::History(_) => "/apiaccess/ccmessaging/queryHistoryChatMessage",
            Self::Download { .. } => "/apiaccess/ccmessaging/downloadFileStream",
        }
    }

    /// Returns the call's name, the last part of its path.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Send(_) => "send",
            Self::SendAsync(_) => "sendAsync",
            Self::Poll(_) => "poll",
            Self::History(_) => "queryHistoryChatMessage",
            Self::Download { .. } => "downloadFileStream",
        }
    }

    /// Returns the size of the longest response that is read.
    #[must_use]
    pub const fn max_response_bytes(&self) -> usize {
        match self {
            Self::Send(_) | Self::SendAsync(_) => MAX_RESULT_BYTES,
            Self::Poll(_) | Self::History(_) => MAX_MESSAGES_BYTES,
            Self::Download { max_bytes, .. } => max_bytes
                .div_ceil(3)
                .saturating_mul(4)
                .saturating_add(MAX_FRAME_BYTES),
        }
    }

    /// Whether the call may be repeated after the contact centre may have received it. There is no
    /// idempotency key, so an agent would see a repeated message twice.
    const fn repeat(&self) -> Repeat {
        match self {
            Self::Send(_) | Self::SendAsync(_) => Repeat::IfNotSent,
            Self::Poll(_) | Self::History(_) | Self::Download { .. } => Repeat::Always,
        }
    }

    fn method(&self) -> Method {
        match self {
            Self::Poll(_) => Method::GET,
            _ => Method::POST,
        }
    }

    fn query(&self) -> Option<String> {
        match self {
            Self::Poll(request) => Some(request.to_query()),
            _ => None,
        }
    }

    fn body(&self) -> Bytes {
        match self {
            Self::Send(request) | Self::SendAsync(request) => request.to_json().into(),
            Self::History(request) => request.to_json().into(),
            Self::Download { request, .. } => request.to_json().into(),
            Self::Poll(_) => Bytes::new(),
        }
    }
}

/// A documented response to a [`ChatCall`].
#[derive(Clone)]
#[non_exhaustive]
pub struct ChatReply {
    /// The status, unchanged.
    pub status: StatusCode,
    /// The JSON, unchanged: messages and files are not parsed.
    pub body: Bytes,
    /// The result in the JSON.
    pub result: ChatResult,
    /// The newest session token of the responses to all attempts. It replaces the one that was sent.
    pub session_token: Option<HeaderValue>,
    /// How long the response asks to wait before the next call (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The identifier that the contact centre gave the call (`x-request-id`).
    pub request_id: Option<String>,
    /// How often the call was attempted.
    pub attempts: u32,
}

impl ChatReply {
    /// Returns whether the contact centre reports success. A download may report it by the file alone.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_success() && (self.result.is_success() || self.result.code().is_none())
    }

    /// Returns whether a token is expired or wrong: 401, or the API fabric's 403, whose JSON has no
    /// result code.
    #[must_use]
    pub fn rejects_token(&self) -> bool {
        match self.status {
            StatusCode::UNAUTHORIZED => true,
            StatusCode::FORBIDDEN => self.result.code().is_none(),
            _ => false,
        }
    }

    /// Accepts a response that the API documents: JSON, and for a success with a result code. Only a
    /// download's may be missing if there is a file.
    fn read(mut raw: RawResponse, call: ChatCall<'_>) -> Result<Self, CallError> {
        let status = raw.status;
        let body = raw.take_documented_body()?;
        let result = ChatResult::from_json(&body)
            .map_err(|_| raw.unexpected(InvalidResponse::Undocumented))?;
        if status.is_success() && result.code().is_none() {
            let has_file = matches!(call, ChatCall::Download { .. })
                && DownloadResponse::from_json(&body, usize::MAX)
                    .is_ok_and(|response| response.is_success());
            if !has_file {
                return Err(raw.unexpected(InvalidResponse::Undocumented));
            }
        }
        Ok(Self {
            status,
            body,
            result,
            retry_after: retry_after(&raw.headers),
            session_token: raw.session_token,
            request_id: request_id(&raw.headers),
            attempts: raw.attempts,
        })
    }
}

impl fmt::Debug for ChatReply {
    /// Prints no body, which may contain messages and files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatReply")
            .field("status", &self.status)
            .field("result_code", &self.result.code())
            .field("len", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// A call of the chat to make. Created by [`Client::chat`].
#[derive(Debug)]
#[must_use = "a call is not made until `send` is awaited"]
pub struct ChatRequest<'a> {
    client: &'a Client,
    call: ChatCall<'a>,
    credentials: &'a Credentials,
    headers: HeaderMap,
    memory: Option<&'a dyn ReserveMemory>,
    deadline: Deadline,
}

impl<'a> ChatRequest<'a> {
    /// Adds headers to each attempt, such as a trace context. The credentials replace headers of the
    /// same name.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Reserves memory for the response before it is read. If there is not enough, the call fails with
    /// [`InvalidResponse::NoMemory`].
    pub fn memory(mut self, memory: &'a dyn ReserveMemory) -> Self {
        self.memory = Some(memory);
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

    /// Makes the call, and repeats it as the [`RetryPolicy`](crate::RetryPolicy) says; `send` and `sendAsync`
    /// only if no connection could be opened, because the contact centre may have received the message
    /// otherwise. Tokens are not renewed: see [`ChatReply::rejects_token`].
    ///
    /// A response that reports a failure is returned as `Ok`: see [`ChatReply::is_success`].
    ///
    /// # Errors
    ///
    /// The last attempt returned no documented response.
    pub async fn send(self) -> Result<ChatReply, CallError> {
        let Self {
            client,
            call,
            deadline,
            ..
        } = self;
        let (query, body) = (call.query(), call.body());
        let uri = client.base_url.join_query(call.path(), query.as_deref());
        let attempt = |newest_token: Option<HeaderValue>| {
            let mut headers = self.headers.clone();
            self.credentials.add_to(&mut headers, newest_token);
            let request = Call {
                peer: Peer::ContactCentre,
                method: call.method(),
                uri: uri.clone(),
                headers,
                body: RequestBody::from(body.clone()),
                max_response_bytes: call.max_response_bytes(),
                memory: self.memory,
            };
            client.transport.send(request, deadline)
        };
        let raw = client.retry.run(deadline, call.repeat(), attempt).await?;
        ChatReply::read(raw, call)
    }
}

impl Client {
    /// Prepares a call of the chat with the given credentials.
    pub fn chat<'a>(&'a self, call: ChatCall<'a>, credentials: &'a Credentials) -> ChatRequest<'a> {
        ChatRequest {
            client: self,
            call,
            credentials,
            headers: HeaderMap::new(),
            memory: None,
            deadline: Deadline::after(DEFAULT_TIMEOUT),
        }
    }
}
