//! The first stage: what the caller sent, read but not yet believed.

mod json;

use std::fmt;

use bytes::Bytes;

use crate::{CanonicalBase64, Chunks, Field, FileType, UploadError};

/// The only channel that the API knows.
pub(crate) const CHANNEL: &str = "WEB";

/// An upload as the caller sent it: complete, of the right JSON types, but not validated.
///
/// The only way on is [`validate`](Self::validate); nothing but its result can be sent.
#[derive(Clone)]
pub struct UploadRequest {
    pub(crate) declared: Declared,
    pub(crate) file: FileStream,
    /// Where the file is in the request.
    pub(crate) field: Field,
    pub(crate) channel: Option<String>,
}

/// What the caller says of the file's type.
#[derive(Clone, Debug)]
pub(crate) enum Declared {
    /// A spelling, which is sent on unchanged if it is a documented one.
    Spelled(String),
    /// A type by another sign than a spelling.
    Typed(FileType),
    Nothing,
}

impl Declared {
    /// A spelling as it was sent, or a type's name.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Spelled(spelling) => Some(spelling),
            Self::Typed(file_type) => Some(file_type.name()),
            Self::Nothing => None,
        }
    }
}

/// The forms in which a file arrives.
#[derive(Clone)]
pub(crate) enum FileStream {
    /// Base64 in any tolerated form; not checked yet.
    Text(Bytes),
    /// Base64 that the reader of the body has checked already.
    Canonical {
        file: CanonicalBase64,
        /// What its `data:` URL prefix claimed.
        media_type: Option<String>,
    },
    /// The file's own bytes.
    Raw(Bytes),
}

impl UploadRequest {
    /// Reads the API's JSON body: an object with the strings `fileType`, `fileStream` and
    /// `channel`. Other fields are ignored and never sent on. A byte order mark is skipped
    /// (RFC 8259 section 8.1).
    ///
    /// # Errors
    ///
    /// The body is not JSON, not an object or names a field twice; or a field is missing, null,
    /// empty or not a string. Of several errors the one that comes first in this list is reported,
    /// and of several fields the one that the documentation names first.
    ///
    /// ```
    /// use ccmessaging_core::{ReturnCode, UploadRequest};
    ///
    /// let error = UploadRequest::from_json(r#"{"fileType":"jpg","channel":"WEB"}"#);
    /// let error = error.unwrap_err();
    /// assert_eq!(error.return_code(), ReturnCode::MissingParameter);
    /// assert_eq!(error.to_string(), "fileStream is missing; send the file's bytes in Base64");
    /// ```
    pub fn from_json(body: impl Into<Chunks>) -> Result<Self, UploadError> {
        json::parse(body.into())
    }

    /// Does what [`from_json`](Self::from_json) does, but always by way of a JSON parser over the
    /// whole body: slower, and the reference that the other is tested against.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn from_json_generally(body: impl Into<Chunks>) -> Result<Self, UploadError> {
        json::parse_generally(body.into())
    }

    /// Takes a file as it is, with the type that it is declared to be. The channel is `WEB`.
    #[must_use]
    pub fn from_file(file: impl Into<Bytes>, file_type: impl Into<String>) -> Self {
        Self {
            declared: Declared::Spelled(file_type.into()),
            ..Self::from_undeclared_file(file)
        }
    }

    /// Takes a file as it is, with a type that is declared by another sign than a spelling, such as
    /// a media type. It is sent on in the policy's spelling. The channel is `WEB`.
    #[must_use]
    pub fn from_file_of_type(file: impl Into<Bytes>, file_type: FileType) -> Self {
        Self {
            declared: Declared::Typed(file_type),
            ..Self::from_undeclared_file(file)
        }
    }

    /// Takes a file as it is; its type is inferred from the content. The channel is `WEB`.
    #[must_use]
    pub fn from_undeclared_file(file: impl Into<Bytes>) -> Self {
        Self {
            declared: Declared::Nothing,
            file: FileStream::Raw(file.into()),
            field: Field::FileStream,
            channel: None,
        }
    }

    /// What the caller declares the file to be: a spelling as it was sent, whatever it says and
    /// however long it is, or a type's name where another sign declared it. `None` where nothing
    /// does.
    #[must_use]
    pub fn declared(&self) -> Option<&str> {
        self.declared.name()
    }

    /// The same upload, for a channel that is still to be checked.
    #[must_use]
    pub fn with_channel(self, channel: impl Into<String>) -> Self {
        Self {
            channel: Some(channel.into()),
            ..self
        }
    }

    /// The same upload, with the file in another part of the request than `fileStream`; it is what
    /// errors about the file name.
    #[must_use]
    pub fn in_field(self, field: Field) -> Self {
        Self { field, ..self }
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
