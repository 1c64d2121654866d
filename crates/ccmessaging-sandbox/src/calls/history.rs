//! queryHistoryChatMessage: returns earlier messages.

use serde_json::Value;

use super::messages::{MAX_ID_CHARACTERS, check_ids, message_json};
use super::{CHANNEL, Call, CallRequest, Fields, Rejection, in_session};
use crate::response::{CallResponse, Code};
use crate::tokens::Customer;
use crate::upstream::Upstream;

/// Returns messages of a conversation, the oldest first.
pub(super) fn query(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    let format = Call::QueryHistoryChatMessage.body_format();
    in_session(upstream, request, format, |customer| {
        // Only the codes 0 and 1 are documented for this call.
        find(upstream, customer, request.body).map_err(|rejection| match rejection {
            Rejection::Coded(_) | Rejection::Explained(_) => Rejection::Coded(Code::HistoryFailed),
            other => other,
        })
    })
}

fn find(
    upstream: &Upstream,
    customer: &Customer,
    body: &[u8],
) -> Result<[(&'static str, Value); 1], Rejection> {
    let fields = Fields::parse(body)?;
    let (channel, user_id, channel_id) = (
        fields.text("channel")?,
        fields.text("userId")?,
        fields.text("channelId")?,
    );
    let missing = Rejection::Coded(Code::MissingParameter);
    let limit = fields.number("limit")?.ok_or(missing)?;
    let offset = fields.number("offset")?.ok_or(missing)?;
    let start = fields.number("startTime")?.unwrap_or(0);
    let end = fields.number("endTime")?.unwrap_or(u64::MAX);
    if channel != CHANNEL || user_id.chars().count() > MAX_ID_CHARACTERS {
        return Err(Rejection::Coded(Code::IncorrectParameter));
    }
    check_ids(upstream, customer, user_id, Some(channel_id))?;
    let messages = upstream.chats.with(user_id, channel_id, |chat| {
        let conversation = &chat.conversation;
        let messages = conversation.messages.iter();
        let in_period = messages.filter(|message| (start..=end).contains(&message.timestamp));
        in_period
            .skip(usize::try_from(offset).unwrap_or(usize::MAX))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|message| message_json(message, conversation, "CHAT"))
            .collect::<Vec<Value>>()
    });
    Ok([("messageList", messages.into())])
}
