//! The result that every response contains, and the file of a download.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;

use crate::base64_text::{Base64Error, CanonicalBase64};
use crate::content::Content as _;
use crate::error::JsonKind;
use crate::json::{MAX_MEMBERS, Object, ObjectError, Value};

/// Why a response of the contact centre cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// It is not a JSON object, or an object with a member twice.
    #[error("the response is not a JSON object whose members have different names")]
    NotAnObject,
    /// It has too many members.
    #[error("the response has more than {limit} members")]
    TooManyMembers {
        /// The limit.
        limit: usize,
    },
    /// It has two different result codes.
    #[error("the response has two different result codes")]
    AmbiguousCode,
    /// A documented member has another JSON type.
    #[error("the response's member {member} does not have the documented JSON type")]
    WrongType {
        /// The member's name.
        member: &'static str,
    },
    /// A downloaded file is not Base64.
    #[error("the response's file is not Base64")]
    NotBase64(#[source] Base64Error),
    /// A downloaded file is larger than the caller accepts.
    #[error("the file has more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit, in decoded bytes.
        limit_bytes: usize,
    },
}

/// The result of a response to one of the chat's calls, and the file of a download. Responses to `send` and
/// `sendAsync` contain nothing else.
///
/// ```
/// use ccmessaging_core::chat::ChatResponse;
///
/// let mut response = ChatResponse::from_json(&br#"{"resultCode":"0","fileStream":"aGVsbG8="}"#[..].into())?;
/// assert!(response.is_success());
/// assert_eq!(response.take_file(1024)?.as_deref(), Some(&b"hello"[..]));
/// # Ok::<_, ccmessaging_core::chat::ResponseError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ChatResponse {
    code: Option<String>,
    description: Option<String>,
    /// The file in Base64. An unusable one matters only to a caller that decodes it.
    file: Result<Option<Bytes>, ResponseError>,
}

impl ChatResponse {
    /// Reads a response body. Other members are ignored, whatever their size. The file is not decoded yet and
    /// shares the memory of `body`.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object, or its result is ambiguous.
    pub fn from_json(body: &Bytes) -> Result<Self, ResponseError> {
        let object = object(body)?;
        let code = match (text(&object, "resultCode")?, text(&object, "returnCode")?) {
            // No edition documents both, so it is ambiguous which one is valid.
            (Some(one), Some(other)) if one != other => return Err(ResponseError::AmbiguousCode),
            (Some(code), _) | (None, Some(code)) => Some(code),
            (None, None) => None,
        };
        // The description decides nothing, so an invalid one must not hide the code.
        let description = |member| text(&object, member).ok().flatten();
        Ok(Self {
            code,
            description: description("resultDesc").or_else(|| description("returnDesc")),
            file: encoded_file(&object, body),
        })
    }

    /// Returns whether the code is `0`.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code() == Some("0")
    }

    /// Returns `resultCode`, or `returnCode` as one edition calls it, if the response has one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns `resultDesc`, or `returnDesc`, if the response has one.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns whether the response contains a file and reports no failure. One edition's examples have a file and
    /// no result code.
    #[must_use]
    pub fn has_file(&self) -> bool {
        matches!(self.file, Ok(Some(_))) && !self.is_failure()
    }

    /// Takes the file, which may have at most `max_bytes`, and decodes it. Returns `None` if the response has none, or
    /// reports a failure.
    ///
    /// # Errors
    ///
    /// The file is not Base64, or too large.
    pub fn take_file(&mut self, max_bytes: usize) -> Result<Option<Bytes>, ResponseError> {
        let file = std::mem::replace(&mut self.file, Ok(None));
        if self.is_failure() {
            return Ok(None);
        }
        let Some(text) = file? else {
            return Ok(None);
        };
        let file = CanonicalBase64::from_text(text).map_err(ResponseError::NotBase64)?;
        if file.len() > max_bytes {
            let limit_bytes = max_bytes;
            return Err(ResponseError::TooLarge { limit_bytes });
        }
        Ok(Some(file.decode().into()))
    }

    fn is_failure(&self) -> bool {
        self.code().is_some() && !self.is_success()
    }
}

impl fmt::Debug for ChatResponse {
    /// Prints the size of the file only: it is a customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref().ok().and_then(Option::as_ref);
        f.debug_struct("ChatResponse")
            .field("code", &self.code)
            .field("file_len", &file.map(Bytes::len))
            .finish_non_exhaustive()
    }
}

/// Returns the file in Base64.
fn encoded_file(object: &Object<'_>, body: &Bytes) -> Result<Option<Bytes>, ResponseError> {
    let member = "fileStream";
    let value = object.value(member);
    match value.map_err(|_| ResponseError::NotAnObject)? {
        None | Some(Value::Other(_, JsonKind::Null)) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(Cow::Borrowed(text))) => Ok(Some(body.slice_ref(text.as_bytes()))),
        Some(Value::String(Cow::Owned(text))) => Ok(Some(text.into())),
        Some(Value::Other(..)) => Err(ResponseError::WrongType { member }),
    }
}

/// Reads the object of a response.
pub(super) fn object(body: &[u8]) -> Result<Object<'_>, ResponseError> {
    Object::parse(body, |_, _| Ok::<(), Infallible>(())).map_err(|error| match error {
        ObjectError::TooMany(_) => ResponseError::TooManyMembers { limit: MAX_MEMBERS },
        _ => ResponseError::NotAnObject,
    })
}

/// Returns a member that is a string or a number. Examples show codes as strings, tables as numbers.
fn text(object: &Object<'_>, member: &'static str) -> Result<Option<String>, ResponseError> {
    let value = object.value(member);
    match value.map_err(|_| ResponseError::NotAnObject)? {
        None | Some(Value::Other(_, JsonKind::Null)) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.into_owned())),
        Some(Value::Other(number, JsonKind::Number)) => Ok(Some(number.to_owned())),
        Some(Value::Other(..)) => Err(ResponseError::WrongType { member }),
    }
}
