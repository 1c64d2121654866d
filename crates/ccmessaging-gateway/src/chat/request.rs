//! Parses the requests of the chat's calls and checks their identifiers.

use ccmessaging_client::{ChatCall, ChatCallKind};
use ccmessaging_core::chat::{
    ChatError, DownloadRequest, HistoryRequest, PollRequest, SendRequest,
};

use super::ticket::Ticket;
use crate::rejection::TicketError;

/// Parses the body of a call, or the query of a poll. A file may have at most `max_download_bytes`.
pub(super) fn parse(
    kind: ChatCallKind,
    content: &[u8],
    max_download_bytes: usize,
) -> Result<ChatCall, ChatError> {
    Ok(match kind {
        ChatCallKind::Download => ChatCall::Download {
            request: DownloadRequest::from_json(content)?,
            max_bytes: max_download_bytes,
        },
        ChatCallKind::Send => ChatCall::Send(SendRequest::from_json(content)?),
        ChatCallKind::SendAsync => ChatCall::SendAsync(SendRequest::from_json(content)?),
        ChatCallKind::Poll => {
            // The query of a URI is a string.
            let query = str::from_utf8(content).map_err(|_| ChatError::MalformedQuery)?;
            ChatCall::Poll(PollRequest::from_query(query)?)
        }
        ChatCallKind::History => ChatCall::History(HistoryRequest::from_json(content)?),
    })
}

/// Checks that the ticket permits every identifier of the call. A file has none: its key is a secret
/// that only the chat contains.
pub(super) fn check(call: &ChatCall, ticket: &Ticket) -> Result<(), TicketError> {
    match call {
        ChatCall::Download { .. } => Ok(()),
        ChatCall::Send(request) | ChatCall::SendAsync(request) => {
            ticket.check_user("from", request.user_id())?;
            ticket.check_channel("to", request.channel_id())
        }
        ChatCall::Poll(request) => ticket.check_user("receiverId", request.user_id()),
        ChatCall::History(request) => {
            ticket.check_user("userId", request.user_id())?;
            ticket.check_channel("channelId", request.channel_id())
        }
    }
}
