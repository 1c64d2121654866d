//! The calls that transfer messages: send, sendAsync and poll.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::content::{self, MediaForm};
use super::{CHANNEL, Call, CallRequest, Fields, Rejection, in_session};
use crate::chat::{Chat, Content, Conversation, ConversationState, Direction, Message};
use crate::response::{CallResponse, Code};
use crate::tokens::Customer;
use crate::upstream::Upstream;

/// The longest `from` and history's longest `userId`, in characters; applyToken accepts 32.
pub(super) const MAX_ID_CHARACTERS: usize = 24;

/// The identifier of the agent in the messages to customers.
const AGENT_ID: &str = "1001";

/// send: receives a message of a customer.
pub(super) fn send(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    in_session(upstream, request, Call::Send.body_format(), |customer| {
        receive(upstream, customer, request.body, MediaForm::Key)
    })
}

/// sendAsync: receives a message of a customer.
pub(super) fn send_async(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    let format = Call::SendAsync.body_format();
    in_session(upstream, request, format, |customer| {
        receive(upstream, customer, request.body, MediaForm::KeyAndType)
    })
}

fn receive(
    upstream: &Upstream,
    customer: &Customer,
    body: &[u8],
    form: MediaForm,
) -> Result<[(&'static str, Value); 0], Rejection> {
    let fields = Fields::parse(body)?;
    let (channel, control_type, from, to, media_type, source_type) = (
        fields.text("channel")?,
        fields.text("controlType")?,
        fields.text("from")?,
        fields.text("to")?,
        fields.text("mediaType")?,
        fields.text("sourceType")?,
    );
    let nickname = fields.optional_text("senderNickname")?;
    for name in ["senderAvatar", "timestamp", "userAgent"] {
        let value = fields.optional_text(name)?;
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if name == "timestamp" && !value.is_none_or(is_digits) {
            return Err(Rejection::Explained("timestamp is not in milliseconds"));
        }
    }
    if channel != CHANNEL || source_type != "CUSTOMER" {
        return Err(Rejection::Explained(
            "channel is not WEB, or sourceType is not CUSTOMER",
        ));
    }
    if from.chars().count() > MAX_ID_CHARACTERS {
        return Err(Rejection::Explained("from has more than 24 characters"));
    }
    check_ids(upstream, customer, from, Some(to))?;
    let needs_content = match control_type {
        "CONNECT" | "TRANS2AGENT" | "DISCONNECT" => false,
        "CHAT" | "INPUT" | "READ" => true,
        _ => return Err(Rejection::Explained("controlType is unknown")),
    };
    let content = if needs_content {
        let content = fields.text("content")?;
        content::parse(upstream, customer, media_type, content, form)?
    } else {
        const MEDIA_TYPES: [&str; 8] = [
            "TEXT",
            "IMAGE",
            "AUDIO",
            "VIDEO",
            "FILE",
            "FILE_IMAGE",
            "FILE_VIDEO",
            "WEBCARD",
        ];
        if !MEDIA_TYPES.contains(&media_type) {
            return Err(Rejection::Explained("mediaType is unknown"));
        }
        Content::Text(String::new())
    };

    let timestamp = upstream.now_ms();
    upstream.chats.with(from, to, |chat| {
        if control_type == "CONNECT" {
            let name = nickname.unwrap_or(&customer.user_name);
            name.clone_into(&mut chat.conversation.user_name);
            chat.connect(timestamp);
            return Ok([]);
        }
        if !chat.is_open() {
            return Err(Rejection::Explained("no chat is open; send CONNECT first"));
        }
        match control_type {
            "CHAT" => chat.push(Message::new("CUSTOMER", media_type, content, timestamp)),
            "TRANS2AGENT" => chat.conversation.state = ConversationState::Agent,
            "DISCONNECT" => chat.conversation.state = ConversationState::Ended,
            // INPUT and READ change nothing that the desk shows.
            _ => {}
        }
        Ok([])
    })
}

/// poll: returns the messages for a customer that it has not returned before.
pub(super) fn poll(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    in_session(upstream, request, Call::Poll.body_format(), |customer| {
        let parameters = parse_query(request.query)?;
        let mandatory = |name| match parameters.get(name).map(String::as_str) {
            None | Some("") => Err(Rejection::Coded(Code::MissingParameter)),
            Some(text) => Ok(text),
        };
        let (receiver_id, channel) = (mandatory("receiverId")?, mandatory("channel")?);
        if channel != CHANNEL {
            return Err(Rejection::Explained("channel is not WEB"));
        }
        let is_need_read = parameters.get("isNeedRead").map(String::as_str);
        if !matches!(is_need_read, None | Some("true" | "false")) {
            return Err(Rejection::Explained("isNeedRead is not true or false"));
        }
        check_ids(upstream, customer, receiver_id, None)?;
        let take = |chat: &mut Chat| undelivered_json(chat, upstream.now_ms());
        let chats = &upstream.chats;
        let messages = if upstream.settings.binds_ids {
            chats.with(receiver_id, &customer.channel_id, take)
        } else {
            chats.with_user(receiver_id, take).unwrap_or_default()
        };
        Ok([("downlinkMessages", messages.into())])
    })
}

/// Returns the messages that poll has not returned yet.
fn undelivered_json(chat: &mut Chat, now_ms: u64) -> Vec<Value> {
    let (messages, has_ended) = chat.take_undelivered();
    let json = |message, control| message_json(message, &chat.conversation, control);
    let mut list: Vec<Value> = messages
        .iter()
        .map(|message| json(message, "CHAT"))
        .collect();
    if has_ended {
        let end = Content::Text(String::new());
        list.push(json(
            &Message::new("SYSTEM", "TEXT", end, now_ms),
            "DISCONNECT",
        ));
    }
    list
}

/// Parses a query. A parameter that occurs twice is rejected.
fn parse_query(query: &str) -> Result<HashMap<String, String>, Rejection> {
    let mut parameters = HashMap::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.replace('+', " ");
        let value = percent_decode_str(&value).decode_utf8();
        let value = value.map_err(|_| Rejection::BadRequest)?.into_owned();
        if parameters.insert(name.to_owned(), value).is_some() {
            return Err(Rejection::BadRequest);
        }
    }
    Ok(parameters)
}

/// Checks that the ids of a call are those of the session's customer, unless
/// ids are unbound.
pub(super) fn check_ids(
    upstream: &Upstream,
    customer: &Customer,
    user_id: &str,
    channel_id: Option<&str>,
) -> Result<(), Rejection> {
    let are_own = user_id == customer.user_id
        && channel_id.is_none_or(|channel_id| channel_id == customer.channel_id);
    if upstream.settings.binds_ids && !are_own {
        return Err(Rejection::Explained(
            "the ids are not those of this ccmessaging-token",
        ));
    }
    Ok(())
}

/// Returns a message in the format of poll and of the history.
pub(super) fn message_json(
    message: &Message,
    conversation: &Conversation,
    control_type: &str,
) -> Value {
    let customer = conversation.user_id.as_str();
    let (from, to, nickname) = match (message.direction, message.source_type) {
        (Direction::In, _) => (
            customer,
            conversation.channel_id.as_str(),
            conversation.user_name.as_str(),
        ),
        (Direction::Out, "AGENT") => (AGENT_ID, customer, "Agent"),
        (Direction::Out, _) => (conversation.channel_id.as_str(), customer, ""),
    };
    let local_file = message.file.as_ref().filter(|file| !file.in_library);
    let content = match &message.file {
        Some(file) => file.object_key.as_str(),
        None => message.text.as_deref().unwrap_or_default(),
    };
    json!({
        "channel": CHANNEL,
        "content": content,
        "from": from,
        "to": to,
        "mediaType": message.media_type,
        "contentType": local_file.map(|_| "1"),
        "mediaFileType": local_file.map(|file| &file.file_type),
        "controlType": control_type,
        "sourceType": message.source_type,
        "senderNickname": nickname,
        "senderAvatar": "",
        "timestamp": message.timestamp,
        "messageCode": message.id,
        "isOfflineStatus": false,
        "queueFlag": false,
        "simQuestions": null,
    })
}
