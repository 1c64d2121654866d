//! The chat's calls: `send`, `sendAsync`, `poll`, `queryHistoryChatMessage` and `downloadFileStream`.

use bytes::Bytes;
use ccmessaging_core::chat::{
    ChatResponse, DownloadRequest, HistoryRequest, PollRequest, SendRequest,
};
use http::Method;

use super::request::{CallBody, CallContent, CallRequest};
use super::response::CallResponse;
use crate::retry::Repeat;
use crate::transport::RawResponse;
use crate::{CallError, Client, Credentials, InvalidResponse};

/// The path below which the calls are.
const PREFIX: &str = "/apiaccess/ccmessaging/";

/// The longest response to `send` and `sendAsync` that is read. A documented one has about 50 bytes.
const MAX_RESULT_BYTES: usize = 64 * 1024;

/// The size of a response to a download without the file's Base64.
const MAX_FRAME_BYTES: usize = 16 * 1024;

/// One of the chat's calls. Another variant is a breaking change on purpose: programs that check the identifiers
/// in a call must know each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChatCallKind {
    /// `downloadFileStream`: returns a file.
    Download,
    /// `send`: sends a message.
    Send,
    /// `sendAsync`: accepts a message to be sent later.
    SendAsync,
    /// `poll`: returns and consumes the messages to a user.
    Poll,
    /// `queryHistoryChatMessage`: returns earlier messages.
    History,
}

impl ChatCallKind {
    /// All calls.
    pub const ALL: [Self; 5] = [
        Self::Download,
        Self::Send,
        Self::SendAsync,
        Self::Poll,
        Self::History,
    ];

    /// Returns the call's path, below the base URL.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Download => "/apiaccess/ccmessaging/downloadFileStream",
            Self::Send => "/apiaccess/ccmessaging/send",
            Self::SendAsync => "/apiaccess/ccmessaging/sendAsync",
            Self::Poll => "/apiaccess/ccmessaging/poll",
            Self::History => "/apiaccess/ccmessaging/queryHistoryChatMessage",
        }
    }

    /// Returns the call's name, the last part of its path.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.path().trim_start_matches(PREFIX)
    }

    /// Returns the call's method.
    #[must_use]
    pub fn method(self) -> Method {
        match self {
            Self::Poll => Method::GET,
            _ => Method::POST,
        }
    }

    /// Returns whether the call posts a message, which must not be posted twice: without an idempotency key, an
    /// agent would see it twice.
    #[must_use]
    pub const fn is_message(self) -> bool {
        matches!(self, Self::Send | Self::SendAsync)
    }
}

/// A validated call of the chat. Another variant is a breaking change, as of [`ChatCallKind`].
#[derive(Clone, Debug)]
pub enum ChatCall {
    /// `downloadFileStream`.
    Download {
        /// The file.
        request: DownloadRequest,
        /// The most bytes that the file may have.
        max_bytes: usize,
    },
    /// `send`.
    Send(SendRequest),
    /// `sendAsync`.
    SendAsync(SendRequest),
    /// `poll`.
    Poll(PollRequest),
    /// `queryHistoryChatMessage`.
    History(HistoryRequest),
}

impl ChatCall {
    /// The longest response with messages that is read. A message has at most 500 characters of content.
    pub const MAX_MESSAGES_BYTES: usize = 1024 * 1024;

    /// Returns which call it is.
    #[must_use]
    pub const fn kind(&self) -> ChatCallKind {
        match self {
            Self::Download { .. } => ChatCallKind::Download,
            Self::Send(_) => ChatCallKind::Send,
            Self::SendAsync(_) => ChatCallKind::SendAsync,
            Self::Poll(_) => ChatCallKind::Poll,
            Self::History(_) => ChatCallKind::History,
        }
    }

    /// Returns the size of the longest response that is read.
    #[must_use]
    pub const fn max_response_bytes(&self) -> usize {
        match self {
            Self::Send(_) | Self::SendAsync(_) => MAX_RESULT_BYTES,
            Self::Poll(_) | Self::History(_) => Self::MAX_MESSAGES_BYTES,
            Self::Download { max_bytes, .. } => max_bytes
                .div_ceil(3)
                .saturating_mul(4)
                .saturating_add(MAX_FRAME_BYTES),
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
            Self::Download { request, .. } => request.to_json().into(),
            Self::Send(request) | Self::SendAsync(request) => request.to_json().into(),
            Self::History(request) => request.to_json().into(),
            Self::Poll(_) => Bytes::new(),
        }
    }
}

impl CallResponse<ChatResponse> {
    /// Returns whether the contact centre reports success. A download may report it by the file alone.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_success() && (self.result.is_success() || self.result.code().is_none())
    }

    /// Accepts a response that the API documents: JSON, and for a success with a result code.
    fn read(raw: RawResponse) -> Result<Self, CallError> {
        Self::read_if(raw, |result| result.code().is_some())
    }

    /// Accepts the same, or a success with a file and without a result code.
    fn read_download(raw: RawResponse) -> Result<Self, CallError> {
        Self::read_if(raw, |result| result.code().is_some() || result.has_file())
    }

    fn read_if(
        mut raw: RawResponse,
        is_documented: fn(&ChatResponse) -> bool,
    ) -> Result<Self, CallError> {
        let body = raw.take_documented_body()?;
        let result = ChatResponse::from_json(&body).ok();
        let result = result.filter(|result| !raw.status.is_success() || is_documented(result));
        let Some(result) = result else {
            return Err(raw.unexpected(InvalidResponse::Undocumented));
        };
        let has_code = result.code().is_some();
        Ok(Self::new(raw, body, result, has_code))
    }
}

impl Client {
    /// Prepares a call of the chat with the given credentials.
    pub fn chat(
        &self,
        call: &ChatCall,
        credentials: &Credentials,
    ) -> CallRequest<'_, ChatResponse> {
        let kind = call.kind();
        let content = CallContent {
            method: kind.method(),
            uri: self
                .base_url
                .join_query(kind.path(), call.query().as_deref()),
            body: CallBody::Json(call.body()),
            max_response_bytes: call.max_response_bytes(),
            repeat: if kind.is_message() {
                Repeat::IfNotSent
            } else {
                Repeat::Always
            },
            read: if kind == ChatCallKind::Download {
                CallResponse::read_download
            } else {
                CallResponse::<ChatResponse>::read
            },
        };
        CallRequest::new(self, credentials, content)
    }
}
