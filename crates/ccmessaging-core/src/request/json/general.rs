//! Reads the JSON body with a JSON parser: the reference.
//!
//! Every field is read whatever its type, and the object to its end, before anything is judged:
//! so a body that is not JSON is never mistaken for one with a wrong field.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

use super::BYTE_ORDER_MARK;
use super::value::{Outline, Value};
use crate::request::{Declared, FileStream, UploadRequest};
use crate::{Absence, Excerpt, Field, JsonKind, UploadError};

/// The most fields that an object may have. Three are documented; the rest leaves room for
/// clients that add their own, and bounds the search for duplicates.
const MOST_FIELDS: usize = 64;

pub(super) fn parse(body: &Bytes) -> Result<UploadRequest, UploadError> {
    let start = if body.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    let Object { fields, problem } = read_object(&body[start..], start)?;
    if let Some(problem) = problem {
        return Err(problem);
    }
    let [file_type, file_stream, channel] = fields;
    for (field, value) in Field::ALL
        .into_iter()
        .zip([&file_type, &file_stream, &channel])
    {
        if let Some(absence) = absence(value.as_ref()) {
            return Err(UploadError::Missing { field, absence });
        }
    }
    Ok(UploadRequest {
        declared: Declared::Spelled(string(Field::FileType, file_type)?.into_owned()),
        file: FileStream::Text(match string(Field::FileStream, file_stream)? {
            Cow::Borrowed(text) => body.slice_ref(text.as_bytes()),
            Cow::Owned(text) => Bytes::from(text),
        }),
        field: Field::FileStream,
        channel: Some(string(Field::Channel, channel)?.into_owned()),
    })
}

/// Reads the whole document; `start` is where `text` begins in the body.
pub(super) fn read_object(text: &[u8], start: usize) -> Result<Object<'_>, UploadError> {
    // The parser looks at the strings that it gives out only.
    let text = std::str::from_utf8(text).map_err(|error| UploadError::NotJson {
        position: start + error.valid_up_to(),
        reason: "invalid UTF-8".to_owned(),
    })?;
    let not_json = |error: serde_json::Error| not_json(&error, text, start);
    let read = match read::<Value>(text) {
        Err(error) if is_about_a_large_number(&error) => read::<Outline>(text),
        read => read,
    };
    read.map_err(not_json)?
        .map_err(|found| UploadError::NotAnObject { found })
}

/// Reads the object, its documented fields as `V`; or finds what the document is instead.
fn read<'a, V>(text: &'a str) -> serde_json::Result<Result<Object<'a>, JsonKind>>
where
    V: Deserialize<'a> + Into<Value<'a>>,
{
    if text.trim_ascii_start().starts_with('{') {
        let visitor = ObjectVisitor(PhantomData::<V>);
        let mut parser = serde_json::Deserializer::from_str(text);
        let object = parser.deserialize_map(visitor)?;
        return parser.end().map(|()| Ok(object));
    }
    Ok(Err(match serde_json::from_str::<V>(text)?.into() {
        Value::String(_) => JsonKind::String,
        Value::Other(found) => found,
    }))
}

/// JSON bounds no number (RFC 8259 section 6), but the parser takes none that exceeds an `f64`.
fn is_about_a_large_number(error: &serde_json::Error) -> bool {
    error.is_syntax() && error.to_string().starts_with("number out of range")
}

/// In which way a field is missing, if it is.
fn absence(value: Option<&Value<'_>>) -> Option<Absence> {
    match value {
        None => Some(Absence::Absent),
        Some(Value::Other(JsonKind::Null)) => Some(Absence::Null),
        Some(Value::String(text)) if text.is_empty() => Some(Absence::Empty),
        Some(_) => None,
    }
}

/// The string of a field that is there.
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

/// The parser's words without its line and column, which become a byte offset.
///
/// Its syntax messages are fixed texts: they quote nothing of the body.
fn not_json(error: &serde_json::Error, text: &str, start: usize) -> UploadError {
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or_default();
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', text.as_bytes())
            .nth(line - 2)
            .map_or(0, |newline| newline + 1),
    };
    // A column counts from 1 and names the last byte read; where the text ends too early, the
    // problem is behind it.
    let before = usize::from(!error.is_eof());
    UploadError::NotJson {
        position: start + line_start + error.column().saturating_sub(before),
        reason: reason.to_owned(),
    }
}

/// The top level of a body.
#[derive(Default)]
pub(super) struct Object<'a> {
    /// In the order of [`Field::ALL`].
    pub(super) fields: [Option<Value<'a>>; 3],
    pub(super) problem: Option<UploadError>,
}

struct ObjectVisitor<V>(PhantomData<V>);

impl<'de, V> Visitor<'de> for ObjectVisitor<V>
where
    V: Deserialize<'de> + Into<Value<'de>>,
{
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut object = Object::default();
        let mut names: Vec<Cow<'de, str>> = Vec::with_capacity(Field::ALL.len());
        while let Some(Name(name)) = map.next_key()? {
            if object.problem.is_some() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if names.contains(&name) {
                let name = Excerpt::new(&name);
                object.problem = Some(UploadError::DuplicateField { name });
            } else if names.len() == MOST_FIELDS {
                object.problem = Some(UploadError::TooManyFields { limit: MOST_FIELDS });
            }
            match Field::ALL.iter().position(|field| field.name() == name) {
                Some(index) => object.fields[index] = Some(map.next_value::<V>()?.into()),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            names.push(name);
        }
        Ok(object)
    }
}

/// A field's name, borrowed from the body where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
