//! Reads the members of a JSON object without copying their values.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::content::without_mark;
use crate::error::JsonKind;
use crate::excerpt::Excerpt;

/// The maximum number of members of an object. The documented ones have fewer than twenty; clients and servers may
/// add others. The limit bounds the search for duplicates.
pub(crate) const MAX_MEMBERS: usize = 64;

/// The members of one JSON object, all of different names.
pub(crate) struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    body: &'a [u8],
}

/// A member's value.
pub(crate) enum Value<'a> {
    String(Cow<'a, str>),
    /// The JSON text of another value.
    Other(&'a str, JsonKind),
}

/// Invalid JSON (RFC 8259).
pub(crate) struct SyntaxError {
    /// Byte offset in the body, from 0.
    pub(crate) position: usize,
    /// A fixed text, so it quotes nothing of the body.
    pub(crate) reason: String,
}

/// Why a body is not a usable object. `E` is why the caller rejects a member.
pub(crate) enum ObjectError<E> {
    Syntax(SyntaxError),
    NotAnObject(JsonKind),
    /// A member has the name of an earlier one, so that its meaning depends on the reader (RFC 8259 section 4).
    Duplicate(Excerpt),
    /// The member of this name exceeds [`MAX_MEMBERS`].
    TooMany(Excerpt),
    Rejected(E),
}

impl<'a> Object<'a> {
    /// Parses a body; a byte order mark is skipped (RFC 8259 section 8.1). `check` receives the name and the JSON text
    /// of each member, in the body's order, until one is rejected.
    ///
    /// The object is read to its end first, so that invalid JSON is always reported as such.
    pub(crate) fn parse<E>(
        body: &'a [u8],
        check: impl FnMut(&str, &str) -> Result<(), E>,
    ) -> Result<Self, ObjectError<E>> {
        let text = without_mark(body);
        let start = body.len() - text.len();
        let text = std::str::from_utf8(text).map_err(|error| {
            ObjectError::Syntax(SyntaxError {
                position: start + error.valid_up_to(),
                reason: "invalid UTF-8".to_owned(),
            })
        })?;
        let invalid = |error| ObjectError::Syntax(syntax_error(&error, text, start));
        if !text.trim_ascii_start().starts_with('{') {
            let value: &RawValue = serde_json::from_str(text).map_err(invalid)?;
            return Err(ObjectError::NotAnObject(kind(value.get())));
        }
        let mut parser = serde_json::Deserializer::from_str(text);
        let members = parser
            .deserialize_map(ObjectVisitor(check))
            .and_then(|members| parser.end().map(|()| members))
            .map_err(invalid)??;
        Ok(Self { members, body })
    }

    /// Returns a member's value; `None` if it is absent.
    pub(crate) fn value(&self, name: &str) -> Result<Option<Value<'a>>, SyntaxError> {
        let Some((_, raw)) = self.members.iter().find(|(known, _)| known == name) else {
            return Ok(None);
        };
        let json = raw.get();
        let kind = kind(json);
        if kind != JsonKind::String {
            return Ok(Some(Value::Other(json, kind)));
        }
        // A string's escapes are checked only here: half of a surrogate pair is not a character.
        let Text(text) = serde_json::from_str(json).map_err(|error| {
            let start = (json.as_ptr() as usize).saturating_sub(self.body.as_ptr() as usize);
            syntax_error(&error, json, start)
        })?;
        Ok(Some(Value::String(text)))
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

/// Converts the parser's error to one with a byte offset instead of line and column; `start` is the offset of `text` in
/// the body.
fn syntax_error(error: &serde_json::Error, text: &str, start: usize) -> SyntaxError {
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or_default();
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', text.as_bytes())
            .nth(line - 2)
            .map_or(0, |newline| newline + 1),
    };
    // Columns count from 1 and refer to the last byte that was read; that of a line break is 0. If the
    // text ends too early, the problem is after it.
    let before = usize::from(!error.is_eof());
    let mut position = (line_start + error.column()).saturating_sub(before);
    // In a value, which is only skipped, the parser stops before a control character.
    let is_control = text
        .as_bytes()
        .get(position)
        .is_some_and(u8::is_ascii_control);
    if reason.starts_with("control character") && !is_control {
        position += 1;
    }
    SyntaxError {
        position: start + position,
        reason: reason.to_owned(),
    }
}

/// A string, borrowed from the body if it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Collects members, with the caller's check of each.
struct ObjectVisitor<F>(F);

impl<'de, E, F: FnMut(&str, &str) -> Result<(), E>> Visitor<'de> for ObjectVisitor<F> {
    type Value = Result<Vec<(Cow<'de, str>, &'de RawValue)>, ObjectError<E>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
        let mut problem = None;
        while let Some(Text(name)) = map.next_key()? {
            if problem.is_some() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: &RawValue = map.next_value()?;
            problem = if members.iter().any(|(known, _)| *known == name) {
                Some(ObjectError::Duplicate(Excerpt::new(&name)))
            } else if members.len() == MAX_MEMBERS {
                Some(ObjectError::TooMany(Excerpt::new(&name)))
            } else {
                self.0(&name, value.get()).err().map(ObjectError::Rejected)
            };
            members.push((name, value));
        }
        Ok(problem.map_or(Ok(members), Err))
    }
}
