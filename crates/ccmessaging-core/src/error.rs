//! Why an upload is refused.

use std::fmt;

use crate::sniff::Found;
use crate::{Base64Error, Field, FileProblem, FileType, ReturnCode};

/// Why an upload is refused before anything is sent.
///
/// Every error knows its [return code](Self::return_code), the [field](Self::field) at fault and,
/// where there is one, the [position](Self::position); its `Display` is one plain sentence that
/// names all of them and the remedy. No error carries file content. How errors map to a transport's
/// statuses is the transport's business: match exhaustively, so that a new error is a decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// The body is not JSON (RFC 8259).
    #[error("the body is not JSON: {reason} at byte {position}; send one JSON object")]
    NotJson {
        /// Byte offset in the body, from 0.
        position: usize,
        /// What the parser expected.
        reason: String,
    },
    /// The body is JSON, but not an object.
    #[error(
        "the body is {found}, not a JSON object; send {{\"fileType\":…,\"fileStream\":…,\"channel\":\"WEB\"}}"
    )]
    NotAnObject {
        /// What it is instead.
        found: JsonKind,
    },
    /// The object names a field twice, so that its meaning depends on the reader (RFC 8259
    /// section 4).
    #[error("the body names {name} twice; name every field once")]
    DuplicateField {
        /// The field's name.
        name: Excerpt,
    },
    /// The object has more fields than any caller needs.
    #[error("the body has more than {limit} fields; send fileType, fileStream and channel only")]
    TooManyFields {
        /// The most fields an object may have.
        limit: usize,
    },
    /// A mandatory field is missing, null or empty.
    #[error("{field} is {absence}; {}", field.remedy())]
    Missing {
        /// The field.
        field: Field,
        /// In which way it is missing.
        absence: Absence,
    },
    /// A field is not a string.
    #[error("{field} is {found}, not a string; {}", field.remedy())]
    WrongType {
        /// The field.
        field: Field,
        /// What it is instead.
        found: JsonKind,
    },
    /// `fileType` is none of the documented types.
    #[error("fileType: {spelling} is not supported; {}", Field::FileType.remedy())]
    UnsupportedFileType {
        /// What the caller sent.
        spelling: Excerpt,
    },
    /// `channel` is not `WEB`.
    #[error("channel: {channel} is not supported; {}", Field::Channel.remedy())]
    UnsupportedChannel {
        /// What the caller sent.
        channel: Excerpt,
    },
    /// `fileStream` is not Base64.
    #[error("fileStream: {0}")]
    NotBase64(#[from] Base64Error),
    /// The media type that came with the file contradicts the declared type.
    #[error(
        "fileStream: declared {declared}, but its media type is {media_type}; declare what the file is, or convert it"
    )]
    MediaTypeMismatch {
        /// The declared type.
        declared: FileType,
        /// The media type of the `data:` URL.
        media_type: Excerpt,
    },
    /// The file itself cannot be taken.
    #[error("{field}: {problem}")]
    File {
        /// Where in the request the file is.
        field: Field,
        /// What is wrong with it.
        problem: FileProblem,
    },
}

impl UploadError {
    /// The API's return code for this error.
    #[must_use]
    pub const fn return_code(&self) -> ReturnCode {
        match self {
            Self::Missing { .. } => ReturnCode::MissingParameter,
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::DuplicateField { .. }
            | Self::TooManyFields { .. }
            | Self::WrongType { .. }
            | Self::UnsupportedFileType { .. }
            | Self::UnsupportedChannel { .. }
            | Self::NotBase64(_)
            | Self::MediaTypeMismatch { .. }
            | Self::File { .. } => ReturnCode::IncorrectParameter,
        }
    }

    /// The field at fault; `None` where it is the body as a whole.
    #[must_use]
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::DuplicateField { .. }
            | Self::TooManyFields { .. } => None,
            Self::Missing { field, .. }
            | Self::WrongType { field, .. }
            | Self::File { field, .. } => Some(*field),
            Self::UnsupportedFileType { .. } => Some(Field::FileType),
            Self::UnsupportedChannel { .. } => Some(Field::Channel),
            Self::NotBase64(_) | Self::MediaTypeMismatch { .. } => Some(Field::FileStream),
        }
    }

    /// Where the problem is, as a byte offset from 0: in the body for [`NotJson`](Self::NotJson), in
    /// the field's text for [`NotBase64`](Self::NotBase64), and in the decoded file for text that is
    /// none.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        match self {
            Self::NotJson { position, .. } => Some(*position),
            Self::NotBase64(error) => Some(error.position()),
            Self::File {
                problem: FileProblem::Mismatch(mismatch),
                ..
            } => mismatch.position(),
            _ => None,
        }
    }

    /// What the content was recognised as, where that is why the file is refused.
    #[must_use]
    pub fn found(&self) -> Option<&Found> {
        match self {
            Self::File {
                problem: FileProblem::Mismatch(mismatch),
                ..
            } => Some(mismatch.found()),
            Self::File {
                problem: FileProblem::Unsupported { found },
                ..
            } => Some(found),
            _ => None,
        }
    }
}

/// In which way a mandatory field is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The object does not name it.
    Absent,
    /// It is `null`.
    Null,
    /// It is the empty string.
    Empty,
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "missing",
            Self::Null => "null",
            Self::Empty => "empty",
        })
    }
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}

/// The beginning of something short that a caller sent, made safe to print: at most
/// [`Excerpt::LIMIT`] characters, quoted, control characters escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt(Box<str>);

impl Excerpt {
    /// The most characters that are kept.
    pub const LIMIT: usize = 32;

    pub(crate) fn new(text: &str) -> Self {
        let mut kept: String = text.chars().take(Self::LIMIT).collect();
        if kept.len() < text.len() {
            kept.push('…');
        }
        Self(kept.into_boxed_str())
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
