//! The request `queryHistoryChatMessage`.

use std::fmt;

use serde::Serialize;

use super::check::{self, CHANNEL, MAX_SENDER_CHARACTERS};
use super::error::ChatError;
use super::field::ChatField;
use super::members::{Members, Value};
use crate::error::JsonKind;

const FIELDS: &[ChatField] = &[
    ChatField::ChannelId,
    ChatField::UserId,
    ChatField::Limit,
    ChatField::Offset,
    ChatField::Channel,
    ChatField::StartTime,
    ChatField::EndTime,
];

/// The longest time: "2026-11-30 10:00:00.000+08:00" has 29 characters.
const MAX_TIME_CHARACTERS: usize = 40;

/// A validated request of `queryHistoryChatMessage`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRequest {
    channel_id: String,
    user_id: String,
    limit: Number,
    offset: Number,
    channel: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Time>,
}

/// A whole number, sent in the JSON type that the caller chose: editions differ.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Number {
    Number(u32),
    Digits(String),
}

/// A time in the format that the caller chose: the documentation names none.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Time {
    Number(u64),
    Text(String),
}

impl HistoryRequest {
    /// Creates a request for `limit` messages after the first `offset`.
    ///
    /// # Errors
    ///
    /// An id is empty or too long, or the limit is 0.
    pub fn new(
        channel_id: impl Into<String>,
        user_id: impl Into<String>,
        limit: u32,
        offset: u32,
    ) -> Result<Self, ChatError> {
        let user_id = check::id(ChatField::UserId, user_id.into(), MAX_SENDER_CHARACTERS)?;
        if limit == 0 {
            return Err(check::unsupported(ChatField::Limit, "0"));
        }
        Ok(Self {
            channel_id: check::channel_id(ChatField::ChannelId, channel_id.into())?,
            user_id,
            limit: Number::Number(limit),
            offset: Number::Number(offset),
            channel: CHANNEL,
            start_time: None,
            end_time: None,
        })
    }

    /// Parses and validates a JSON body. `limit` and `offset` are numbers or strings of digits, `startTime`
    /// and `endTime` numbers or strings.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object of the documented members, or a member has a value that the call does
    /// not document.
    pub fn from_json(body: &[u8]) -> Result<Self, ChatError> {
        let members = Members::of_request(body, FIELDS)?;
        let channel_id = members.required(ChatField::ChannelId)?;
        let user_id = members.required(ChatField::UserId)?;
        let (limit, limit_kind) = number(&members, ChatField::Limit)?;
        let (offset, offset_kind) = number(&members, ChatField::Offset)?;
        check::constant(&members, ChatField::Channel, CHANNEL)?;
        Ok(Self {
            limit: limit_kind,
            offset: offset_kind,
            start_time: time(&members, ChatField::StartTime)?,
            end_time: time(&members, ChatField::EndTime)?,
            ..Self::new(channel_id, user_id, limit, offset)?
        })
    }

    /// Limits the history to messages from `start` to `end`, in milliseconds since 1970.
    #[must_use]
    pub fn with_times(self, start: u64, end: u64) -> Self {
        Self {
            start_time: Some(Time::Number(start)),
            end_time: Some(Time::Number(end)),
            ..self
        }
    }

    /// Returns the configuration ID of the channel.
    #[must_use]
    pub fn channel_id(&self) -> &str {
        &self.channel_id
    }

    /// Returns the user whose messages are queried.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Returns the JSON body to send.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Writing strings and numbers to memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Returns a mandatory whole number and its form.
fn number(members: &Members<'_>, field: ChatField) -> Result<(u32, Number), ChatError> {
    match members.present(field)? {
        Value::Other(text, JsonKind::Number) => match text.parse() {
            Ok(number) => Ok((number, Number::Number(number))),
            Err(_) => Err(check::unsupported(field, text)),
        },
        Value::String(text) => {
            // `parse` would also accept a plus sign.
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            match text.parse() {
                Ok(number) if is_number => Ok((number, Number::Digits(text.into_owned()))),
                _ => Err(check::unsupported(field, &text)),
            }
        }
        Value::Other(_, found) => Err(ChatError::WrongType { field, found }),
    }
}

/// Returns an optional time.
fn time(members: &Members<'_>, field: ChatField) -> Result<Option<Time>, ChatError> {
    Ok(match members.value(field)? {
        None | Some(Value::Other(_, JsonKind::Null)) => None,
        Some(Value::String(text)) => {
            let text = check::id(field, text.into_owned(), MAX_TIME_CHARACTERS)?;
            Some(Time::Text(text))
        }
        Some(Value::Other(text, JsonKind::Number)) => match text.parse() {
            Ok(number) => Some(Time::Number(number)),
            Err(_) => return Err(check::unsupported(field, text)),
        },
        Some(Value::Other(_, found)) => return Err(ChatError::WrongType { field, found }),
    })
}

impl fmt::Debug for HistoryRequest {
    /// Prints no id, which is a customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryRequest").finish_non_exhaustive()
    }
}
