//! Reads the members of a JSON object without copying their values.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ChatError;
use super::field::ChatField;
use crate::content::BYTE_ORDER_MARK;
use crate::error::{Absence, JsonKind};
use crate::excerpt::Excerpt;
use crate::request::syntax_error;

/// The maximum number of members of a response. It bounds the search for duplicates.
pub(super) const MAX_MEMBERS: usize = 64;

/// The members of one JSON object, all of different names.
pub(super) struct Members<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    body: &'a [u8],
}

/// A member's value.
pub(super) enum Value<'a> {
    String(Cow<'a, str>),
    /// The JSON text of another value.
    Other(&'a str, JsonKind),
}

impl<'a> Members<'a> {
    /// Parses a request of the `known` members and no others. The object is read to its end first, so that
    /// invalid JSON is always reported as such.
    pub(super) fn of_request(
        body: &'a [u8],
        known: &'static [ChatField],
    ) -> Result<Self, ChatError> {
        Self::parse(body, Some(known))
    }

    /// Parses a response, which may have other members than the documented ones.
    pub(super) fn of_response(body: &'a [u8]) -> Result<Self, ChatError> {
        Self::parse(body, None)
    }

    fn parse(body: &'a [u8], known: Option<&'static [ChatField]>) -> Result<Self, ChatError> {
        let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        let start = body.len() - text.len();
        let text = std::str::from_utf8(text).map_err(|error| ChatError::NotJson {
            position: start + error.valid_up_to(),
            reason: "invalid UTF-8".to_owned(),
        })?;
        let not_json = |error| {
            let (position, reason) = syntax_error(&error, text);
            ChatError::NotJson {
                position: start + position,
                reason,
            }
        };
        if !text.trim_ascii_start().starts_with('{') {
            let value: &RawValue = serde_json::from_str(text).map_err(not_json)?;
            let found = kind(value.get());
            return Err(ChatError::NotAnObject { found });
        }
        let mut parser = serde_json::Deserializer::from_str(text);
        let members = parser
            .deserialize_map(ObjectVisitor(known))
            .and_then(|members| parser.end().map(|()| members))
            .map_err(not_json)??;
        Ok(Self { members, body })
    }

    /// Returns a member's value; `None` if it is absent.
    pub(super) fn value(&self, name: &str) -> Result<Option<Value<'a>>, ChatError> {
        let Some((_, raw)) = self.members.iter().find(|(known, _)| known == name) else {
            return Ok(None);
        };
        let json = raw.get();
        let kind = kind(json);
        if kind != JsonKind::String {
            return Ok(Some(Value::Other(json, kind)));
        }
        // A string's escapes are checked only here: half of a surrogate pair is not a character.
        let text = serde_json::from_str(json).map_err(|error| {
            let (position, reason) = syntax_error(&error, json);
            let start = (json.as_ptr() as usize).saturating_sub(self.body.as_ptr() as usize);
            ChatError::NotJson {
                position: start + position,
                reason,
            }
        })?;
        let Text(text) = text;
        Ok(Some(Value::String(text)))
    }

    /// Returns a string that may be absent or null.
    pub(super) fn optional(&self, field: ChatField) -> Result<Option<Cow<'a, str>>, ChatError> {
        match self.value(field.name())? {
            None | Some(Value::Other(_, JsonKind::Null)) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Other(_, found)) => Err(ChatError::WrongType { field, found }),
        }
    }

    /// Returns a string that may not be absent, null or empty.
    pub(super) fn required(&self, field: ChatField) -> Result<Cow<'a, str>, ChatError> {
        match self.present(field)? {
            Value::String(text) => Ok(text),
            Value::Other(_, found) => Err(ChatError::WrongType { field, found }),
        }
    }

    /// Returns a value that may not be absent, null or an empty string.
    pub(super) fn present(&self, field: ChatField) -> Result<Value<'a>, ChatError> {
        let missing = |absence| Err(ChatError::Missing { field, absence });
        match self.value(field.name())? {
            None => missing(Absence::Absent),
            Some(Value::Other(_, JsonKind::Null)) => missing(Absence::Null),
            Some(Value::String(text)) if text.is_empty() => missing(Absence::Empty),
            Some(value) => Ok(value),
        }
    }
}

/// Returns the kind of a valid JSON value.
fn kind(json: &str) -> JsonKind {
    match json.as_bytes() {
        [b'"', ..] => JsonKind::String,
        [b'{', ..] => JsonKind::Object,
        [b'[', ..] => JsonKind::Array,
        [b't' | b'f', ..] => JsonKind::Boolean,
        [b'n', ..] => JsonKind::Null,
        _ => JsonKind::Number,
    }
}

/// A string, borrowed from the body if it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The fields that a request may have; `None` for a response.
struct ObjectVisitor(Option<&'static [ChatField]>);

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Result<Vec<(Cow<'de, str>, &'de RawValue)>, ChatError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
        let mut problem = None;
        while let Some(Text(name)) = map.next_key()? {
            if problem.is_some() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let is_duplicate = members.iter().any(|(known, _)| *known == name);
            let is_unknown = |known: &[ChatField]| !known.iter().any(|field| field.name() == name);
            problem = match self.0 {
                _ if is_duplicate => Some(ChatError::DuplicateField {
                    name: Excerpt::new(&name),
                }),
                Some(known) if is_unknown(known) => Some(ChatError::UnknownField {
                    name: Excerpt::new(&name),
                    known,
                }),
                None if members.len() == MAX_MEMBERS => Some(ChatError::UnknownField {
                    name: Excerpt::new(&name),
                    known: &[],
                }),
                _ => None,
            };
            members.push((name, map.next_value()?));
        }
        Ok(problem.map_or(Ok(members), Err))
    }
}
