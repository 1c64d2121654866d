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
use std::ops::Range;

use bytes::Bytes;

pub use received::ReceivedBody;

use super::{ChunkParameters, Declared, FileStream, UploadRequest};
use crate::content::without_mark;
use crate::error::{Absence, Field, JsonKind, JsonProblem, UploadError};
use crate::json::{MAX_MEMBERS, Object, ObjectError, SyntaxError, Value};

/// Parses a body. `checked` is a range that is known to be complete groups of Base64 symbols.
pub(super) fn parse(body: &Bytes, checked: Range<usize>) -> Result<UploadRequest, UploadError> {
    fast::parse(body, checked).map_or_else(|| parse_generally(body), Ok)
}

/// Parses any body with a JSON parser: the reference for [`fast`].
fn parse_generally(body: &Bytes) -> Result<UploadRequest, UploadError> {
    let [file_type, file_stream, channel] =
        read_fields(body).map_err(|error| explain::explained(error, without_mark(body)))?;
    for (field, value) in Field::JSON
        .into_iter()
        .zip([&file_type, &file_stream, &channel])
    {
        if let Some(absence) = absence(value.as_ref()) {
            let place = if absence == Absence::Absent {
                explain::nesting(body)
            } else {
                None
            };
            return Err(match place {
                Some(member) => UploadError::Nested { field, member },
                None => UploadError::Missing { field, absence },
            });
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

/// Reads the whole document before any field is checked, so that invalid JSON is always reported as such.
fn read_fields(body: &[u8]) -> Result<Fields<'_>, UploadError> {
    let mut chunk = ChunkParameters::default();
    let object = Object::parse(body, |name, json| {
        if Field::JSON.iter().any(|field| field.name() == name) {
            return Ok(());
        }
        chunk.add_member(name, json)
    });
    let not_json = |error| not_json(error, body);
    let object = object.map_err(|error| match error {
        ObjectError::Syntax(error) => not_json(error),
        ObjectError::NotAnObject(found) => UploadError::NotAnObject { found },
        ObjectError::Duplicate(name) => UploadError::DuplicateField { name },
        ObjectError::TooMany(_) => UploadError::TooManyFields { limit: MAX_MEMBERS },
        ObjectError::Rejected(error) => error,
    })?;
    let [file_type, file_stream, channel] = Field::JSON.map(|field| object.value(field.name()));
    Ok([
        file_type.map_err(not_json)?,
        file_stream.map_err(not_json)?,
        channel.map_err(not_json)?,
    ])
}

fn not_json(SyntaxError { position, reason }: SyntaxError, body: &[u8]) -> UploadError {
    let is_line_break = matches!(body.get(position), Some(b'\n' | b'\r'));
    let problem = if is_line_break && reason.starts_with("control character") {
        JsonProblem::LineBreak
    } else {
        JsonProblem::Syntax(reason)
    };
    UploadError::NotJson { position, problem }
}

/// Returns how a field is missing, if it is.
fn absence(value: Option<&Value<'_>>) -> Option<Absence> {
    match value {
        None => Some(Absence::Absent),
        Some(Value::Other(_, JsonKind::Null)) => Some(Absence::Null),
        Some(Value::String(text)) if text.is_empty() => Some(Absence::Empty),
        Some(_) => None,
    }
}

/// Returns the string of a field that is present.
fn string(field: Field, value: Option<Value<'_>>) -> Result<Cow<'_, str>, UploadError> {
    match value {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Other(_, found)) => Err(UploadError::WrongType { field, found }),
        None => Err(UploadError::Missing {
            field,
            absence: Absence::Absent,
        }),
    }
}
