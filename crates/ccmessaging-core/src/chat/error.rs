//! Why a chat request is rejected.

use super::field::ChatField;
use crate::error::{Absence, Details, ErrorClass, JsonKind};
use crate::excerpt::Excerpt;
use crate::return_code::ReturnCode;

/// Why a chat request is rejected before anything is sent.
///
/// `Display` is one sentence for people: the [field](Self::field), what is wrong, and what to do. Programs
/// read [`reason_code`](Self::reason_code) and [`details`](Self::details). To map errors to statuses, match
/// on [`class`](Self::class), which is exhaustive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The body is not JSON (RFC 8259).
    #[error("the body is not JSON: {reason} at byte {position}; send one JSON object")]
    NotJson {
        /// Byte offset in the body, from 0.
        position: usize,
        /// The error in its syntax.
        reason: String,
    },
    /// The body is JSON, but not an object.
    #[error("the body is {found}, not a JSON object; send one JSON object")]
    NotAnObject {
        /// The kind of value that was sent.
        found: JsonKind,
    },
    /// The query of a URL cannot be decoded.
    #[error(
        "the query is not percent-encoded UTF-8; encode its values, as encodeURIComponent does"
    )]
    MalformedQuery,
    /// The request names a field twice, so that its meaning depends on the reader.
    #[error("the request contains the field {name} twice; send every field once")]
    DuplicateField {
        /// The field's name.
        name: Excerpt,
    },
    /// The request has a field that the call does not document.
    #[error(
        "the request contains the unknown field {name}; send {} only",
        ChatField::list(known)
    )]
    UnknownField {
        /// The field's name.
        name: Excerpt,
        /// The fields of the call.
        known: &'static [ChatField],
    },
    /// A mandatory field is missing, null or empty.
    #[error("{field} is {absence}; {}", field.remedy())]
    Missing {
        /// The field.
        field: ChatField,
        /// In which way it is missing.
        absence: Absence,
    },
    /// A field has the wrong JSON type.
    #[error("{field} is {found}; {}", field.remedy())]
    WrongType {
        /// The field.
        field: ChatField,
        /// The kind of value that was sent.
        found: JsonKind,
    },
    /// A field has too many characters.
    #[error("{field} has {actual} characters, but may have at most {limit}; {}", field.remedy())]
    TooLong {
        /// The field.
        field: ChatField,
        /// The limit, in characters.
        limit: usize,
        /// The value's length, in characters.
        actual: usize,
    },
    /// A message's text has too many bytes.
    #[error(
        "content has {actual_bytes} bytes in UTF-8, but a text may have at most {limit_bytes}; send several messages"
    )]
    TextTooLong {
        /// The limit, in bytes.
        limit_bytes: usize,
        /// The text's length, in bytes.
        actual_bytes: usize,
    },
    /// A field has a value that the call does not document.
    #[error("{field}: {value} is not supported; {}", field.remedy())]
    Unsupported {
        /// The field.
        field: ChatField,
        /// The value that was sent.
        value: Excerpt,
    },
    /// A field contradicts the rest of the request, or has the wrong format.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field.
        field: ChatField,
        /// The problem, and what to do.
        problem: &'static str,
    },
}

impl ChatError {
    /// Returns the class of the error.
    #[must_use]
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::MalformedQuery
            | Self::DuplicateField { .. } => ErrorClass::MalformedBody,
            Self::Missing { .. } => ErrorClass::MissingField,
            Self::UnknownField { .. }
            | Self::WrongType { .. }
            | Self::TooLong { .. }
            | Self::TextTooLong { .. }
            | Self::Unsupported { .. }
            | Self::Invalid { .. } => ErrorClass::InvalidField,
        }
    }

    /// Returns the API's result code for this error.
    #[must_use]
    pub const fn result_code(&self) -> ReturnCode {
        match self.class() {
            ErrorClass::MissingField => ReturnCode::MissingParameter,
            ErrorClass::MalformedBody | ErrorClass::InvalidField => ReturnCode::IncorrectParameter,
        }
    }

    /// Returns the field at fault; `None` if it is the request as a whole or an unknown field.
    #[must_use]
    pub const fn field(&self) -> Option<ChatField> {
        match self {
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::MalformedQuery
            | Self::DuplicateField { .. }
            | Self::UnknownField { .. } => None,
            Self::Missing { field, .. }
            | Self::WrongType { field, .. }
            | Self::TooLong { field, .. }
            | Self::Unsupported { field, .. }
            | Self::Invalid { field, .. } => Some(*field),
            Self::TextTooLong { .. } => Some(ChatField::Content),
        }
    }

    /// Returns the reason as one stable word, for programs and translations. Words are part of the API: a
    /// new error may add one, but none is renamed.
    #[must_use]
    pub const fn reason_code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not_json",
            Self::NotAnObject { .. } => "not_json_object",
            Self::MalformedQuery => "malformed_query",
            Self::DuplicateField { .. } => "duplicate_field",
            Self::UnknownField { .. } => "unknown_field",
            Self::Missing { .. } => "missing_field",
            Self::WrongType { .. } => "wrong_field_type",
            Self::TooLong { .. } | Self::TextTooLong { .. } => "field_too_long",
            Self::Unsupported { field, .. } => match field {
                ChatField::Channel => "unsupported_channel",
                ChatField::FileType => "unsupported_type",
                _ => "invalid_value",
            },
            Self::Invalid { .. } => "invalid_value",
        }
    }

    /// Returns the values that a program needs to word the reason itself.
    #[must_use]
    pub fn details(&self) -> Details {
        let details = Details {
            field: self.field().map(|field| field.name().into()),
            ..Details::default()
        };
        match self {
            Self::NotJson { position, .. } => Details {
                position: Some(*position),
                ..details
            },
            Self::DuplicateField { name } | Self::UnknownField { name, .. } => Details {
                field: Some(name.escaped().into()),
                ..details
            },
            Self::NotAnObject { found } | Self::WrongType { found, .. } => Details {
                detected: Some(found.name().into()),
                ..details
            },
            Self::TextTooLong {
                limit_bytes,
                actual_bytes,
            } => Details {
                limit_bytes: Some(*limit_bytes),
                actual_bytes: Some(*actual_bytes),
                ..details
            },
            Self::Unsupported { value, .. } => Details {
                declared: Some(value.escaped().into()),
                ..details
            },
            Self::TooLong { limit, .. } => Details {
                limit_characters: Some(*limit),
                ..details
            },
            Self::MalformedQuery | Self::Missing { .. } | Self::Invalid { .. } => details,
        }
    }

    /// Returns the message without values that the caller sent, for logs: a caller may have put a message's
    /// text into the wrong field.
    #[must_use]
    pub fn redacted(&self) -> String {
        match self {
            Self::DuplicateField { .. } => "the request contains a field twice".to_owned(),
            Self::UnknownField { .. } => "the request contains an unknown field".to_owned(),
            Self::Unsupported { field, .. } => format!("{field}: not supported"),
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::MalformedQuery
            | Self::Missing { .. }
            | Self::WrongType { .. }
            | Self::TooLong { .. }
            | Self::TextTooLong { .. }
            | Self::Invalid { .. } => self.to_string(),
        }
    }
}
