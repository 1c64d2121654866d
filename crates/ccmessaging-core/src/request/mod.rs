//! The first stage: requests that are parsed but not validated.

mod chunk;
mod json;

use std::fmt;

use bytes::Bytes;

pub use chunk::ChunkParameters;
pub use json::ReceivedBody;

use crate::base64_text::CanonicalBase64;
use crate::error::{Field, UploadError};
use crate::file_type::FileType;

/// An upload as the caller sent it: complete, of the right JSON types, but not validated.
///
/// [`validate`](Self::validate) turns it into a [`ValidatedUpload`](crate::ValidatedUpload), which can be
/// sent.
#[derive(Clone)]
pub struct UploadRequest {
    pub(crate) declared: Declared,
    pub(crate) file: FileStream,
    /// The part of the request that holds the file.
    pub(crate) field: Field,
    pub(crate) channel: Option<String>,
}

/// The declared type of a file.
///
/// ```
/// use ccmessaging_core::{Declared, FileType};
///
/// assert_eq!(Declared::from("JPEG").file_type(), Some(FileType::Jpg));
/// assert_eq!(Declared::from(FileType::Csv).as_str(), Some("csv"));
/// assert_eq!(Declared::from(None::<FileType>), Declared::Unknown);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Declared {
    /// A value of the `fileType` field. A documented spelling is forwarded unchanged, including its letter
    /// case; any other is rejected.
    Spelling(String),
    /// A type from another source, such as a media type or a file name. It is forwarded in the spelling of
    /// the [`Policy`](crate::Policy).
    Type(FileType),
    /// A format that the API does not have and that is not text, by its usual name, such as `heic`. The type is
    /// inferred from the content as for [`Unknown`](Self::Unknown), but text is rejected.
    Other(&'static str),
    /// No type: it is inferred from the content.
    #[default]
    Unknown,
}

impl Declared {
    /// Returns the spelling as it was sent, unchecked and of any length, or the type's name. `None` for
    /// [`Unknown`](Self::Unknown).
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Spelling(spelling) => Some(spelling),
            Self::Type(file_type) => Some(file_type.name()),
            Self::Other(name) => Some(name),
            Self::Unknown => None,
        }
    }

    /// Returns the declared type; `None` if it is unknown or not one of the API's.
    #[must_use]
    pub fn file_type(&self) -> Option<FileType> {
        match self {
            Self::Spelling(spelling) => spelling.parse().ok(),
            Self::Type(file_type) => Some(*file_type),
            Self::Other(_) | Self::Unknown => None,
        }
    }
}

impl From<&str> for Declared {
    fn from(spelling: &str) -> Self {
        Self::Spelling(spelling.to_owned())
    }
}

impl From<String> for Declared {
    fn from(spelling: String) -> Self {
        Self::Spelling(spelling)
    }
}

impl From<FileType> for Declared {
    fn from(file_type: FileType) -> Self {
        Self::Type(file_type)
    }
}

impl<T: Into<Self>> From<Option<T>> for Declared {
    /// `None` is [`Unknown`](Self::Unknown).
    fn from(declared: Option<T>) -> Self {
        declared.map_or(Self::Unknown, Into::into)
    }
}

/// The forms in which a file is received.
#[derive(Clone)]
pub(crate) enum FileStream {
    /// The text of the `fileStream` field, not checked yet.
    Text(Bytes),
    /// Base64 that the reader of the body has checked, and too long for a placeholder.
    Canonical {
        file: CanonicalBase64,
        /// The media type of a `data:` URL prefix.
        media_type: Option<String>,
    },
    /// The file's own bytes.
    Raw(Bytes),
}

impl UploadRequest {
    /// Reads the API's JSON body: an object with the strings `fileType`, `fileStream` and
    /// `channel`. Other fields are not forwarded, and only [examined](ChunkParameters). A byte order mark is skipped
    /// (RFC 8259 section 8.1).
    ///
    /// # Errors
    ///
    /// The body is not JSON or not an object, names a field twice, has too many fields or describes one chunk of a file;
    /// or a field is missing, null, empty or not a string. Invalid JSON is reported before everything else, then the
    /// first problem with the object's names, then the first missing field and the first that is not a string, in the
    /// documentation's order.
    ///
    /// The file's text shares the memory of `body` if it has no escapes. Of the chat's parsers,
    /// [`ChatResponse::from_json`](crate::chat::ChatResponse::from_json) does the same; the others copy what they need.
    ///
    /// ```
    /// use ccmessaging_core::{ReturnCode, UploadRequest};
    ///
    /// let error = UploadRequest::from_json(r#"{"fileType":"jpg","channel":"WEB"}"#);
    /// let error = error.unwrap_err();
    /// assert_eq!(error.return_code(), ReturnCode::MissingParameter);
    /// assert_eq!(error.to_string(), "fileStream is missing; send the file's bytes in Base64");
    /// ```
    pub fn from_json(body: impl Into<Bytes>) -> Result<Self, UploadError> {
        json::parse(&body.into(), 0..0)
    }

    /// Creates a request from a file and its declared type: a spelling (`"jpg"`), a [`FileType`], or
    /// [`Declared::Unknown`]. The channel is `WEB`. The file is not copied.
    ///
    /// ```
    /// use ccmessaging_core::{Declared, FileType, UploadRequest};
    ///
    /// let spelled = UploadRequest::from_file("name,city\n", "csv");
    /// let typed = UploadRequest::from_file(b"name,city\n".to_vec(), FileType::Csv);
    /// let inferred = UploadRequest::from_file(&b"name,city\n"[..], Declared::Unknown);
    /// ```
    #[must_use]
    pub fn from_file(file: impl Into<Bytes>, declared: impl Into<Declared>) -> Self {
        Self {
            declared: declared.into(),
            file: FileStream::Raw(file.into()),
            field: Field::FileStream,
            channel: None,
        }
    }

    /// Sets the channel, which is validated later.
    #[must_use]
    pub fn with_channel(self, channel: impl Into<String>) -> Self {
        Self {
            channel: Some(channel.into()),
            ..self
        }
    }

    /// Sets the part of the request that held the file, `fileStream` by default. Errors about the file name
    /// this part.
    #[must_use]
    pub fn in_field(self, field: Field) -> Self {
        Self { field, ..self }
    }

    /// Returns the declared type of the file.
    #[must_use]
    pub fn declared(&self) -> &Declared {
        &self.declared
    }
}

impl fmt::Debug for UploadRequest {
    /// Prints the small fields only: the rest is a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadRequest")
            .field("declared", &self.declared)
            .field("field", &self.field)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
