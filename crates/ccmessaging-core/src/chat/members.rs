//! The members of a chat request.

use std::borrow::Cow;

use super::error::ChatError;
use super::field::ChatField;
use crate::error::{Absence, JsonKind};
use crate::excerpt::Excerpt;
use crate::json::{Object, ObjectError, SyntaxError};

pub(super) use crate::json::Value;

/// The members of one JSON object, all of them documented.
pub(super) struct Members<'a>(Object<'a>);

impl<'a> Members<'a> {
    /// Parses a request of the `known` members and no others.
    pub(super) fn of_request(
        body: &'a [u8],
        known: &'static [ChatField],
    ) -> Result<Self, ChatError> {
        let unknown = |name| ChatError::UnknownField { name, known };
        let object = Object::parse(body, |name, _| {
            let is_known = known.iter().any(|field| field.name() == name);
            is_known
                .then_some(())
                .ok_or_else(|| unknown(Excerpt::new(name)))
        });
        object.map(Self).map_err(|error| match error {
            ObjectError::Syntax(error) => not_json(error),
            ObjectError::NotAnObject(found) => ChatError::NotAnObject { found },
            ObjectError::Duplicate(name) => ChatError::DuplicateField { name },
            ObjectError::TooMany(name) => unknown(name),
            ObjectError::Rejected(error) => error,
        })
    }

    /// Returns a member's value; `None` if it is absent.
    pub(super) fn value(&self, field: ChatField) -> Result<Option<Value<'a>>, ChatError> {
        self.0.value(field.name()).map_err(not_json)
    }

    /// Returns a string that may be absent or null.
    pub(super) fn optional(&self, field: ChatField) -> Result<Option<Cow<'a, str>>, ChatError> {
        match self.value(field)? {
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
        match self.value(field)? {
            None => missing(Absence::Absent),
            Some(Value::Other(_, JsonKind::Null)) => missing(Absence::Null),
            Some(Value::String(text)) if text.is_empty() => missing(Absence::Empty),
            Some(value) => Ok(value),
        }
    }
}

fn not_json(SyntaxError { position, reason }: SyntaxError) -> ChatError {
    ChatError::NotJson { position, reason }
}
