//! Errors of sessions.

use std::time::Duration;

use ccmessaging_core::chat::{ChatError, ResponseError};
use http::StatusCode;

use crate::error::{is_transient_status, with_causes};
use crate::{CallError, TokenError};

/// A session could not be opened, or a call of a session failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The contact centre opened no session (`applyToken`).
    #[error("applyToken returned no session: status {}, result code {}", .status.as_u16(), code(.result_code.as_deref()))]
    NoSession {
        /// The HTTP status.
        status: StatusCode,
        /// The result code, if the response has one.
        result_code: Option<String>,
        /// The description of the result, if the response has one. It may repeat values of the request, so it
        /// is not part of the message; so in the following variants.
        result_desc: Option<String>,
        /// The identifier that the contact centre gave the call (`x-request-id`).
        request_id: Option<String>,
    },
    /// The contact centre rejected the session token or the access token, and new ones if they could
    /// be obtained. A session that was resumed without its customer ends this way.
    #[error("the contact centre rejected the session token: status {}; open a new one", .status.as_u16())]
    TokenRejected {
        /// The HTTP status: 401 or 403.
        status: StatusCode,
        /// The identifier that the contact centre gave the call (`x-request-id`).
        request_id: Option<String>,
    },
    /// The contact centre rejected the file.
    #[error("the contact centre rejected the upload: status {}, return code {}", .status.as_u16(), code(.return_code.as_deref()))]
    Rejected {
        /// The HTTP status.
        status: StatusCode,
        /// The return code, if the response has one.
        return_code: Option<String>,
        /// The description of the result, if the response has one.
        return_desc: Option<String>,
        /// The identifier that the contact centre gave the call (`x-request-id`).
        request_id: Option<String>,
        /// How long the response asks to wait before the next call (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The contact centre rejected or failed a call of the chat.
    #[error("the contact centre rejected {call}: status {}, result code {}", .status.as_u16(), code(.result_code.as_deref()))]
    ChatRejected {
        /// The name of the call, such as `send`.
        call: &'static str,
        /// The HTTP status.
        status: StatusCode,
        /// The result code, if the response has one.
        result_code: Option<String>,
        /// The description of the result, if the response has one.
        result_desc: Option<String>,
        /// The identifier that the contact centre gave the call (`x-request-id`).
        request_id: Option<String>,
        /// How long the response asks to wait before the next call (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The contact centre has no file with this id.
    #[error("the contact centre has no such file: status {}, result code {}", .status.as_u16(), code(.result_code.as_deref()))]
    FileNotFound {
        /// The HTTP status.
        status: StatusCode,
        /// The result code, if the response has one.
        result_code: Option<String>,
        /// The identifier that the contact centre gave the call (`x-request-id`).
        request_id: Option<String>,
    },
    /// The response to a call of the chat cannot be used.
    #[error("the contact centre's response to {call} cannot be used")]
    InvalidResponse {
        /// The name of the call, such as `poll`.
        call: &'static str,
        /// The identifier that the contact centre gave the call (`x-request-id`).
        request_id: Option<String>,
        /// Why not.
        source: ResponseError,
    },
    /// A message cannot be sent as it is.
    #[error(transparent)]
    Message(#[from] ChatError),
    /// The session was resumed without its customer, whose id a message needs.
    #[error("the session has no customer; set one with SessionBuilder::customer")]
    NoCustomer,
    /// No access token could be obtained.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The response is missing or unusable.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A token or key has characters that a header cannot carry; or the session token is empty or
    /// longer than 4 KiB.
    #[error(
        "{0} cannot be sent in a header: it is empty, too long, or contains characters other than visible ASCII"
    )]
    NotSendable(&'static str),
}

fn code(code: Option<&str>) -> &str {
    code.unwrap_or("none")
}

impl SessionError {
    /// Returns whether the same call may succeed later. Of a message, check
    /// [`may_have_been_received`](Self::may_have_been_received) too.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Token(error) => error.is_transient(),
            Self::Call(error) => error.is_transient(),
            Self::Rejected { status, .. } | Self::ChatRejected { status, .. } => {
                is_transient_status(*status)
            }
            Self::NoSession { .. }
            | Self::TokenRejected { .. }
            | Self::FileNotFound { .. }
            | Self::InvalidResponse { .. }
            | Self::Message(_)
            | Self::NoCustomer
            | Self::NotSendable(_) => false,
        }
    }

    /// Returns whether the contact centre may have received the call all the same, so that sending a message
    /// again may show it twice. A status of 5xx counts as received: a proxy between may have failed afterwards.
    #[must_use]
    pub fn may_have_been_received(&self) -> bool {
        match self {
            Self::Call(error) => error.may_have_been_received(),
            Self::Rejected { status, .. } | Self::ChatRejected { status, .. } => {
                status.is_server_error()
            }
            Self::InvalidResponse { .. } => true,
            Self::NoSession { .. }
            | Self::TokenRejected { .. }
            | Self::FileNotFound { .. }
            | Self::Message(_)
            | Self::NoCustomer
            | Self::Token(_)
            | Self::NotSendable(_) => false,
        }
    }

    /// Returns how long the service asks to wait before the next call (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Token(error) => error.retry_after(),
            Self::Call(error) => error.retry_after(),
            Self::Rejected { retry_after, .. } | Self::ChatRejected { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// Returns the identifier that the service gave the call (`x-request-id`), if there was a response with one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::NoSession { request_id, .. }
            | Self::TokenRejected { request_id, .. }
            | Self::Rejected { request_id, .. }
            | Self::ChatRejected { request_id, .. }
            | Self::FileNotFound { request_id, .. }
            | Self::InvalidResponse { request_id, .. } => request_id.as_deref(),
            Self::Token(TokenError::Unavailable { source }) => source.request_id(),
            Self::Call(error) => error.request_id(),
            Self::Token(_) | Self::Message(_) | Self::NoCustomer | Self::NotSendable(_) => None,
        }
    }

    /// Returns the sentence followed by its chain of causes, for a log.
    #[must_use]
    pub fn causes(&self) -> String {
        with_causes(self)
    }
}
