//! Why an upload is rejected.

mod field;
mod json;
mod reason;

use std::borrow::Cow;

use ccmessaging_media::convert::ConvertError;
use ccmessaging_media::metadata::MetadataError;

pub use field::{Absence, Field, JsonKind};
pub use json::JsonProblem;
pub use reason::Details;

use crate::base64_text::Base64Error;
use crate::conversion::Conversion;
use crate::damage::Damage;
use crate::excerpt::Excerpt;
use crate::file_type::{Family, FileType};
use crate::return_code::ReturnCode;
use crate::sniff::{Found, Mismatch};

/// Why an upload is rejected before anything is sent.
///
/// `Display` is one sentence for people: the [field](Self::field), the [position](Self::position) if
/// there is one, and what to do. Programs read [`reason_code`](Self::reason_code) and
/// [`details`](Self::details). No error contains file content. To map errors to statuses, match on
/// [`class`](Self::class), which is exhaustive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// The body is not JSON (RFC 8259).
    #[error("{}", problem.sentence(*position))]
    NotJson {
        /// Byte offset in the body, from 0.
        position: usize,
        /// The format of the body, or the error in its syntax.
        problem: JsonProblem,
    },
    /// The body is JSON, but not an object.
    #[error(
        "the body is {found}, not a JSON object; send {{\"fileType\":…,\"fileStream\":…,\"channel\":\"WEB\"}}"
    )]
    NotAnObject {
        /// The kind of value that was sent.
        found: JsonKind,
    },
    /// The object names a field twice, so that its meaning depends on the reader (RFC 8259
    /// section 4).
    #[error("the body contains the field {name} twice; send every field once")]
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
    /// The request has one chunk of a file.
    #[error(
        "the request has only one chunk of the file; turn chunked uploads off, and send the file in one request"
    )]
    Chunk,
    /// A mandatory field is missing, null or empty.
    #[error("{field} is {absence}; {}", field.remedy())]
    Missing {
        /// The field.
        field: Field,
        /// In which way it is missing.
        absence: Absence,
    },
    /// A form has no part `file`, but others.
    #[error(
        "file is missing, but the form has {}; send the file in a part named file",
        listed(found)
    )]
    OtherParts {
        /// The names of some of them.
        found: Vec<Excerpt>,
    },
    /// A mandatory field is missing, because the upload is in another object or text.
    #[error(
        "{field} is missing, because the upload is in {member}; send its fields as members of the body itself"
    )]
    Nested {
        /// The field.
        field: Field,
        /// The name of the member that contains the upload.
        member: Excerpt,
    },
    /// A field is not a string.
    #[error("{field} is {found}, not a string; {}", field.remedy())]
    WrongType {
        /// The field.
        field: Field,
        /// The kind of value that was sent.
        found: JsonKind,
    },
    /// `fileType` is none of the documented types.
    #[error("fileType: {spelling} is not supported; {}", type_remedy(*conversion))]
    UnsupportedFileType {
        /// The value that was sent.
        spelling: Excerpt,
        /// The conversion of files with this extension or media type, if the policy enables it.
        conversion: Option<Conversion>,
    },
    /// `channel` is not `WEB`.
    #[error("channel: {channel} is not supported; {}", Field::Channel.remedy())]
    UnsupportedChannel {
        /// The value that was sent.
        channel: Excerpt,
    },
    /// `fileStream` is not Base64.
    #[error("fileStream: {0}")]
    NotBase64(Base64Error),
    /// The media type that came with the file contradicts the declared type.
    #[error(
        "fileStream: declared {declared}, but its media type is {media_type}; declare the file's actual type, or convert it"
    )]
    MediaTypeMismatch {
        /// The declared type.
        declared: FileType,
        /// The media type of the `data:` URL.
        media_type: Excerpt,
    },
    /// The file itself cannot be accepted.
    #[error("{field}: {problem}")]
    File {
        /// The part of the request that holds the file.
        field: Field,
        /// The problem with the file.
        problem: FileProblem,
    },
}

impl UploadError {
    /// Returns the class of the error.
    #[must_use]
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::DuplicateField { .. }
            | Self::TooManyFields { .. }
            | Self::Chunk => ErrorClass::MalformedBody,
            Self::Missing { .. } | Self::OtherParts { .. } | Self::Nested { .. } => {
                ErrorClass::MissingField
            }
            Self::WrongType { .. }
            | Self::UnsupportedFileType { .. }
            | Self::UnsupportedChannel { .. }
            | Self::NotBase64(_)
            | Self::MediaTypeMismatch { .. }
            | Self::File { .. } => ErrorClass::InvalidField,
        }
    }

    /// Returns the API's return code for this error.
    #[must_use]
    pub const fn return_code(&self) -> ReturnCode {
        match self.class() {
            ErrorClass::MissingField => ReturnCode::MissingParameter,
            ErrorClass::MalformedBody | ErrorClass::InvalidField => ReturnCode::IncorrectParameter,
        }
    }

    /// Returns the message without values that the caller sent, for logs: a caller may have put the file
    /// into the wrong field.
    #[must_use]
    pub fn redacted(&self) -> String {
        match self {
            Self::DuplicateField { .. } => "the body contains a field twice".to_owned(),
            Self::OtherParts { .. } => "file is missing, but the form has other parts".to_owned(),
            Self::Nested { field, .. } => {
                format!("{field} is missing, because the upload is in another member")
            }
            Self::UnsupportedFileType { .. } => "fileType: not supported".to_owned(),
            Self::UnsupportedChannel { .. } => "channel: not supported".to_owned(),
            Self::MediaTypeMismatch { declared, .. } => {
                format!("fileStream: declared {declared}, but its media type is different")
            }
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::TooManyFields { .. }
            | Self::Chunk
            | Self::Missing { .. }
            | Self::WrongType { .. }
            | Self::NotBase64(_)
            | Self::File { .. } => self.to_string(),
        }
    }

    /// Returns the field at fault; `None` if it is the body as a whole.
    #[must_use]
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::DuplicateField { .. }
            | Self::TooManyFields { .. }
            | Self::Chunk => None,
            Self::OtherParts { .. } => Some(Field::File),
            Self::Missing { field, .. }
            | Self::Nested { field, .. }
            | Self::WrongType { field, .. }
            | Self::File { field, .. } => Some(*field),
            Self::UnsupportedFileType { .. } => Some(Field::FileType),
            Self::UnsupportedChannel { .. } => Some(Field::Channel),
            Self::NotBase64(_) | Self::MediaTypeMismatch { .. } => Some(Field::FileStream),
        }
    }

    /// Returns where the problem is, as a byte offset from 0: in the body for [`NotJson`](Self::NotJson), in
    /// the field's text for [`NotBase64`](Self::NotBase64), in the decoded file as it was received if it was
    /// declared as text and is not, if it is text except for some bytes, or if it cannot be converted or its metadata
    /// removed.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        match self {
            Self::NotJson { position, .. } => Some(*position),
            Self::NotBase64(error) => Some(error.position()),
            Self::File {
                problem: FileProblem::Mismatch(mismatch),
                ..
            } => mismatch.position(),
            Self::File {
                problem: FileProblem::Unsupported { found, .. },
                ..
            } => found.position(),
            Self::File {
                problem: FileProblem::NotConvertible { error, .. },
                ..
            } => error.position(),
            Self::File {
                problem: FileProblem::Metadata(error),
                ..
            } => Some(error.position()),
            _ => None,
        }
    }

    /// Returns what the content was recognised as, if that is why the file is rejected.
    #[must_use]
    pub fn found(&self) -> Option<&Found> {
        match self {
            Self::File {
                problem:
                    FileProblem::Mismatch(mismatch) | FileProblem::NotConvertible { mismatch, .. },
                ..
            } => Some(mismatch.found()),
            Self::File {
                problem:
                    FileProblem::Unsupported { found, .. } | FileProblem::TextInstead { found, .. },
                ..
            } => Some(found),
            _ => None,
        }
    }
}

/// The class of an [`UploadError`].
///
/// A new error has one of these classes; a new class is a breaking change, so that a mapping from
/// classes to statuses stays complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The body as a whole cannot be read.
    MalformedBody,
    /// A mandatory field is missing, null or empty.
    MissingField,
    /// A field, or the file in it, cannot be accepted.
    InvalidField,
}

// By hand, because the attribute `from` also makes the error a source, although the message already contains it.
impl From<Base64Error> for UploadError {
    fn from(error: Base64Error) -> Self {
        Self::NotBase64(error)
    }
}

/// Why a file cannot be accepted, in whichever part of a request it was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// It has no bytes.
    #[error("the file is empty; send a file with at least one byte")]
    Empty,
    /// It is a byte order mark without a text.
    #[error("the file contains only a byte order mark; send a file with text")]
    OnlyByteOrderMark,
    /// It, or the result of its conversion, exceeds the limit of its family.
    #[error(
        "the file has {actual_bytes} bytes{}, but {family} files may have at most {limit_bytes}; send a smaller file",
        if *is_converted { " after its conversion" } else { "" }
    )]
    TooLarge {
        /// The family whose limit applies.
        family: Family,
        /// The limit, in decoded bytes.
        limit_bytes: usize,
        /// The file's size, in decoded bytes.
        actual_bytes: usize,
        /// Whether the file is the result of a conversion.
        is_converted: bool,
    },
    /// The content is not of the declared type.
    #[error("{0}; {remedy}", remedy = .0.hint().unwrap_or("declare the file's actual type, or convert it"))]
    Mismatch(Mismatch),
    /// Another format was declared, as by a file name such as `photo.heic`, but the content is text.
    #[error(
        "declared {declared}, but the content is {found}; {}",
        content_remedy(found, None)
    )]
    TextInstead {
        /// The declared format.
        declared: &'static str,
        /// The kind of text.
        found: Found,
    },
    /// No type was declared, and the content is not of a type that the API supports.
    #[error("the content is {found}; {}", content_remedy(found, *conversion))]
    Unsupported {
        /// The recognised format.
        found: Found,
        /// The conversion of files of this format, if the policy enables it.
        conversion: Option<Conversion>,
    },
    /// The content is not of the declared type, and cannot be converted to it.
    #[error("{mismatch}; {error}")]
    NotConvertible {
        /// The types.
        mismatch: Mismatch,
        /// Why it cannot be converted.
        error: ConvertError,
    },
    /// It was destroyed before it arrived.
    #[error(transparent)]
    DamagedInTransit(#[from] Damage),
    /// Its metadata cannot be removed.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

impl From<Mismatch> for FileProblem {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

fn listed(names: &[Excerpt]) -> String {
    let names: Vec<_> = names.iter().map(Excerpt::to_string).collect();
    names.join(", ")
}

/// Returns what to send instead of an unsupported `fileType`.
fn type_remedy(conversion: Option<Conversion>) -> Cow<'static, str> {
    match conversion {
        Some(conversion) => Cow::Owned(format!(
            "send \"{}\", to which the file is converted",
            conversion.target()
        )),
        None => Field::FileType.remedy(),
    }
}

/// Returns what to send instead of a file without a declared type.
fn content_remedy(found: &Found, conversion: Option<Conversion>) -> Cow<'static, str> {
    match (conversion, found.hint(None)) {
        (Some(conversion), _) => Cow::Owned(format!(
            "send it as {}, or declare fileType \"{}\", to which it is converted",
            conversion.media_types()[0],
            conversion.target()
        )),
        (None, Some(hint)) => Cow::Borrowed(hint),
        (None, None) => Cow::Owned(format!(
            "send a {} file",
            FileType::listed(str::to_owned, " or ")
        )),
    }
}
