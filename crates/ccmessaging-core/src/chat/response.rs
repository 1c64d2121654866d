//! The result that every response contains.

use super::error::ChatError;
use super::members::{MAX_MEMBERS, Members, Value};
use crate::base64_text::Base64Error;
use crate::error::JsonKind;

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

/// The result that every response to the chat's calls contains; that of `send` and `sendAsync` contains
/// nothing else.
///
/// ```
/// use ccmessaging_core::chat::ChatResult;
///
/// let result = ChatResult::from_json(br#"{"resultCode":"0","resultDesc":"success"}"#)?;
/// assert!(result.is_success());
/// # Ok::<_, ccmessaging_core::chat::ResponseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatResult {
    code: Option<String>,
    description: Option<String>,
}

impl ChatResult {
    /// Reads the result of a response body. Other members are ignored, whatever their size.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object, or its result is ambiguous.
    pub fn from_json(body: &[u8]) -> Result<Self, ResponseError> {
        Self::read(&members(body)?)
    }

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ResponseError> {
        let code = match (text(members, "resultCode")?, text(members, "returnCode")?) {
            // No edition documents both, so it is ambiguous which one is valid.
            (Some(one), Some(other)) if one != other => return Err(ResponseError::AmbiguousCode),
            (Some(code), _) | (None, Some(code)) => Some(code),
            (None, None) => None,
        };
        let description = match text(members, "resultDesc")? {
            None => text(members, "returnDesc")?,
            description => description,
        };
        Ok(Self { code, description })
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
}

/// Reads the object of a response.
pub(super) fn members(body: &[u8]) -> Result<Members<'_>, ResponseError> {
    Members::of_response(body).map_err(|error| match error {
        // All names are known in a response, except one too many.
        ChatError::UnknownField { .. } => ResponseError::TooManyMembers { limit: MAX_MEMBERS },
        _ => ResponseError::NotAnObject,
    })
}

/// Returns a member that is a string or a number. Examples show codes as strings, tables as numbers.
fn text(members: &Members<'_>, member: &'static str) -> Result<Option<String>, ResponseError> {
    let value = members.value(member);
    match value.map_err(|_| ResponseError::NotAnObject)? {
        None | Some(Value::Other(_, JsonKind::Null)) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.into_owned())),
        Some(Value::Other(number, JsonKind::Number)) => Ok(Some(number.to_owned())),
        Some(Value::Other(..)) => Err(ResponseError::WrongType { member }),
    }
}
