//! Checks that several requests have in common.

use super::error::ChatError;
use super::field::ChatField;
use super::members::Members;
use crate::error::Absence;
use crate::excerpt::Excerpt;
pub(super) use crate::payload::CHANNEL;

/// The longest user id of `send` and `queryHistoryChatMessage`. `applyToken` accepts longer ones.
pub(super) const MAX_SENDER_CHARACTERS: usize = 24;

/// The longest user id that `applyToken` accepts.
pub(super) const MAX_USER_CHARACTERS: usize = 32;

/// Returns a mandatory text of at most `limit` characters without control characters.
pub(super) fn id(field: ChatField, value: String, limit: usize) -> Result<String, ChatError> {
    if value.is_empty() {
        let absence = Absence::Empty;
        return Err(ChatError::Missing { field, absence });
    }
    text(field, value, limit)
}

/// Returns a text of at most `limit` characters without control characters; it may be empty.
pub(super) fn text(field: ChatField, value: String, limit: usize) -> Result<String, ChatError> {
    let actual = value.chars().count();
    if actual > limit {
        return Err(ChatError::TooLong {
            field,
            limit,
            actual,
        });
    }
    if value.chars().any(char::is_control) {
        return Err(ChatError::Invalid {
            field,
            problem: "contains control characters; remove them",
        });
    }
    Ok(value)
}

/// The longest URL. No page documents a limit.
const MAX_URL_CHARACTERS: usize = 2048;

/// Returns an `http` or `https` URL, or nothing. Agents see the page behind it, so it must not run a script, as
/// a `javascript:` URL does.
pub(super) fn url(field: ChatField, value: String) -> Result<String, ChatError> {
    let value = text(field, value, MAX_URL_CHARACTERS)?;
    let is_http = |(scheme, rest): (&str, &str)| {
        let is_scheme = ["http", "https"].map(|known| scheme.eq_ignore_ascii_case(known));
        is_scheme.contains(&true) && !rest.is_empty() && !rest.contains(char::is_whitespace)
    };
    if value.is_empty() || value.split_once("://").is_some_and(is_http) {
        return Ok(value);
    }
    Err(unsupported(field, &value))
}

/// The longest channel id, which no page documents. Real ones have 32 to 36 characters.
const MAX_CHANNEL_CHARACTERS: usize = 128;

/// Returns the configuration ID of a channel.
pub(super) fn channel_id(field: ChatField, value: String) -> Result<String, ChatError> {
    id(field, value, MAX_CHANNEL_CHARACTERS)
}

/// Checks a mandatory field that has one documented value.
pub(super) fn constant(
    members: &Members<'_>,
    field: ChatField,
    expected: &str,
) -> Result<(), ChatError> {
    let value = members.required(field)?;
    if value == expected {
        return Ok(());
    }
    Err(unsupported(field, &value))
}

/// Returns the error for a value that the call does not document.
pub(super) fn unsupported(field: ChatField, value: &str) -> ChatError {
    let value = Excerpt::new(value);
    ChatError::Unsupported { field, value }
}
