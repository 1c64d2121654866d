//! Reads the API's JSON body.
//!
//! [`fast`] reads the usual body without running a JSON parser over the file's text, which makes a 1 MB
//! upload about 0.1 ms faster; [`parse_generally`] reads any body with a JSON parser. If the fast reader
//! returns a request, it equals the general one's; the `differential` tests check this.

#[cfg(test)]
mod differential;
mod explain;
mod fast;
mod received;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

pub use received::ReceivedBody;

use super::{ChunkParameters, Declared, FileStream, UploadRequest};
use crate::content::BYTE_ORDER_MARK;
use crate::error::{Absence, Field, JsonKind, JsonProblem, UploadError};
use crate::excerpt::Excerpt;

/// The maximum number of fields of the object. Three are documented; clients may add others. The limit
/// bounds the search for duplicates.
const MAX_FIELDS: usize = 64;

/// Parses a body. `checked` is a range that is known to be complete groups of Base64 symbols.
pub(super) fn parse(body: &Bytes, checked: Range<usize>) -> Result<UploadRequest, UploadError> {
    fast::parse(body, checked).map_or_else(|| parse_generally(body), Ok)
}

/// Parses any body with a JSON parser: the reference for [`fast`].
fn parse_generally(body: &Bytes) -> Result<UploadRequest, UploadError> {
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let fields = read_object(text, body.len() - text.len());
    let [file_type, file_stream, channel] =
        fields.map_err(|error| explain::explained(error, text))?;
    for (field, value) in Field::JSON
        .into_iter()
        .zip([&file_type, &file_stream, &channel])
    {
        if let Some(absence) = absence(value.as_ref()) {
            return Err(UploadError::Missing { field, absence });
        }
    }
    Ok(UploadRequest {
        declared: Declared::Spelling(string(Field::FileType, file_type)?.into_owned()),
        file: FileStream::Text(match string(Field::FileStream, file_stream)? {
            Cow::Borrowed(text) => body.slice_ref(text.as_bytes()),
            Cow::Owned(text) => Bytes::from(text),
        }),
        field: Field::FileStream,
        channel: Some(string(Field::Channel, channel)?.into_owned()),
    })
}

/// The values of the documented fields, in the order of [`Field::JSON`].
type Fields<'a> = [Option<Value<'a>>; 3];

/// Reads the whole document; `start` is where `text` begins in the body.
///
/// The object is read to its end before any field is checked, so that invalid JSON is always reported as
/// such.
fn read_object(text: &[u8], start: usize) -> Result<Fields<'_>, UploadError> {
    let text = std::str::from_utf8(text).map_err(|error| UploadError::NotJson {
        position: start + error.valid_up_to(),
        problem: JsonProblem::Syntax("invalid UTF-8".to_owned()),
    })?;
    let read = match read::<Value>(text) {
        Err(error) if is_about_a_large_number(&error) => read::<Outline>(text),
        read => read,
    };
    read.map_err(|error| not_json(&error, text, start))?
}

/// Reads the object with its documented fields as `V`, or returns why it cannot be used.
fn read<'a, V>(text: &'a str) -> serde_json::Result<Result<Fields<'a>, UploadError>>
where
    V: Deserialize<'a> + Into<Value<'a>>,
{
    if text.trim_ascii_start().starts_with('{') {
        let visitor = ObjectVisitor(PhantomData::<V>);
        let mut parser = serde_json::Deserializer::from_str(text);
        let object = parser.deserialize_map(visitor)?;
        return parser.end().map(|()| object);
    }
    let found = match serde_json::from_str::<V>(text)?.into() {
        Value::String(_) => JsonKind::String,
        Value::Other(found) => found,
    };
    Ok(Err(UploadError::NotAnObject { found }))
}

/// Returns whether the parser rejected a number that exceeds an `f64`. JSON has no such limit (RFC 8259
/// section 6).
fn is_about_a_large_number(error: &serde_json::Error) -> bool {
    error.is_syntax() && error.to_string().starts_with("number out of range")
}

/// Returns how a field is missing, if it is.
fn absence(value: Option<&Value<'_>>) -> Option<Absence> {
    match value {
        None => Some(Absence::Absent),
        Some(Value::Other(JsonKind::Null)) => Some(Absence::Null),
        Some(Value::String(text)) if text.is_empty() => Some(Absence::Empty),
        Some(_) => None,
    }
}

/// Returns the string of a field that is present.
fn string(field: Field, value: Option<Value<'_>>) -> Result<Cow<'_, str>, UploadError> {
    match value {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Other(found)) => Err(UploadError::WrongType { field, found }),
        None => Err(UploadError::Missing {
            field,
            absence: Absence::Absent,
        }),
    }
}

/// Converts the parser's error to one with a byte offset; `start` is the offset of `text` in the body.
fn not_json(error: &serde_json::Error, text: &str, start: usize) -> UploadError {
    let (position, reason) = syntax_error(error, text);
    let is_line_break = matches!(text.as_bytes().get(position), Some(b'\n' | b'\r'));
    let problem = if is_line_break && reason.starts_with("control character") {
        JsonProblem::LineBreak
    } else {
        JsonProblem::Syntax(reason)
    };
    UploadError::NotJson {
        position: start + position,
        problem,
    }
}

/// Returns where in `text` the parser found an error, as a byte offset instead of line and column, and its
/// message. Messages about syntax are fixed texts, so they quote nothing of the body.
pub(crate) fn syntax_error(error: &serde_json::Error, text: &str) -> (usize, String) {
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
    let position = (line_start + error.column()).saturating_sub(before);
    (position, reason.to_owned())
}

struct ObjectVisitor<V>(PhantomData<V>);

impl<'de, V> Visitor<'de> for ObjectVisitor<V>
where
    V: Deserialize<'de> + Into<Value<'de>>,
{
    type Value = Result<Fields<'de>, UploadError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        let mut problem = None;
        let mut chunk = ChunkParameters::default();
        let mut names: Vec<Cow<'de, str>> = Vec::with_capacity(Field::JSON.len());
        while let Some(Name(name)) = map.next_key()? {
            if problem.is_some() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if names.contains(&name) {
                let name = Excerpt::new(&name);
                problem = Some(UploadError::DuplicateField { name });
            } else if names.len() == MAX_FIELDS {
                problem = Some(UploadError::TooManyFields { limit: MAX_FIELDS });
            }
            let documented = Field::JSON.iter().position(|field| field.name() == name);
            if let Some(index) = documented {
                fields[index] = Some(map.next_value::<V>()?.into());
            } else {
                let value = map.next_value::<&RawValue>()?;
                if let Err(error) = chunk.add_member(&name, value.get()) {
                    problem.get_or_insert(error);
                }
            }
            names.push(name);
        }
        Ok(problem.map_or(Ok(fields), Err))
    }
}

/// A field's name, borrowed from the body if it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// A field's value: a string, or what it is instead. Nested values are skipped.
enum Value<'a> {
    String(Cow<'a, str>),
    Other(JsonKind),
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Other(JsonKind::Null))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value<'de>, E> {
        Ok(Value::Other(JsonKind::Boolean))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value<'de>, E> {
        Ok(Value::Other(JsonKind::Number))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value<'de>, E> {
        Ok(Value::Other(JsonKind::Number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value<'de>, E> {
        Ok(Value::Other(JsonKind::Number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other(JsonKind::Array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other(JsonKind::Object))
    }
}

/// A value that is only skipped: a string keeps its escapes, and a number may have any size. It is
/// enough to say what is wrong with a body.
struct Outline<'a>(&'a RawValue);

impl<'de> Deserialize<'de> for Outline<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(deserializer).map(Self)
    }
}

impl<'a> From<Outline<'a>> for Value<'a> {
    fn from(Outline(raw): Outline<'a>) -> Self {
        Self::Other(match raw.get().as_bytes() {
            [b'"', ..] => return Self::String(Cow::Borrowed(raw.get().trim_matches('"'))),
            [b'{', ..] => JsonKind::Object,
            [b'[', ..] => JsonKind::Array,
            [b't' | b'f', ..] => JsonKind::Boolean,
            [b'n', ..] => JsonKind::Null,
            _ => JsonKind::Number,
        })
    }
}
