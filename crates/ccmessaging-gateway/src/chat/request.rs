//! The chat's calls and their validated requests.

use ccmessaging_core::chat::{
    ChatError, DownloadRequest, HistoryRequest, PollRequest, SendRequest,
};
use http::Method;

use super::ticket::{Ticket, TicketError};
use crate::config::ChatCalls;

/// One of the chat's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChatCallKind {
    Download,
    Send,
    SendAsync,
    Poll,
    History,
}

impl ChatCallKind {
    pub(crate) const ALL: [Self; 5] = [
        Self::Download,
        Self::Send,
        Self::SendAsync,
        Self::Poll,
        Self::History,
    ];

    /// The name in log lines and metrics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Download => "downloadFileStream",
            Self::Send => "send",
            Self::SendAsync => "sendAsync",
            Self::Poll => "poll",
            Self::History => "queryHistoryChatMessage",
        }
    }

    /// The path.
    pub(crate) fn path(self) -> String {
        format!("/apiaccess/ccmessaging/{}", self.name())
    }

    /// Whether the deployment serves the call.
    pub(crate) const fn is_in(self, calls: ChatCalls) -> bool {
        match self {
            Self::Download => calls.download,
            Self::Send => calls.send,
            Self::SendAsync => calls.send_async,
            Self::Poll => calls.poll,
            Self::History => calls.history,
        }
    }

    /// Whether the call posts a message, which must not be posted twice.
    pub(crate) const fn is_message(self) -> bool {
        matches!(self, Self::Send | Self::SendAsync)
    }

    pub(super) fn method(self) -> Method {
        match self {
            Self::Poll => Method::GET,
            _ => Method::POST,
        }
    }

    /// The method as in the header `Allow`.
    pub(super) const fn allowed(self) -> &'static str {
        match self {
            Self::Poll => "GET",
            _ => "POST",
        }
    }
}

/// A validated request.
#[derive(Debug)]
pub(super) enum ChatRequest {
    Download(DownloadRequest),
    Send(SendRequest),
    SendAsync(SendRequest),
    Poll(PollRequest),
    History(HistoryRequest),
}

impl ChatRequest {
    /// Parses the query of a poll.
    pub(super) fn from_query(query: &str) -> Result<Self, ChatError> {
        PollRequest::from_query(query).map(Self::Poll)
    }

    /// Parses the body of another call.
    pub(super) fn from_json(name: ChatCallKind, body: &[u8]) -> Result<Self, ChatError> {
        Ok(match name {
            ChatCallKind::Download => Self::Download(DownloadRequest::from_json(body)?),
            ChatCallKind::Send => Self::Send(SendRequest::from_json(body)?),
            ChatCallKind::SendAsync => Self::SendAsync(SendRequest::from_json(body)?),
            ChatCallKind::History => Self::History(HistoryRequest::from_json(body)?),
            ChatCallKind::Poll => Self::from_query("")?,
        })
    }

    /// Checks that the ticket permits every identifier of the call. A file has none: its key is a secret
    /// that only the chat contains.
    pub(super) fn check(&self, ticket: &Ticket) -> Result<(), TicketError> {
        match self {
            Self::Download(_) => Ok(()),
            Self::Send(request) | Self::SendAsync(request) => {
                ticket.check_user("from", request.from())?;
                ticket.check_channel("to", request.to())
            }
            Self::Poll(request) => ticket.check_user("receiverId", request.receiver_id()),
            Self::History(request) => {
                ticket.check_user("userId", request.user_id())?;
                ticket.check_channel("channelId", request.channel_id())
            }
        }
    }
}
