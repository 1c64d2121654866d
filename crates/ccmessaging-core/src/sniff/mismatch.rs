//! What a refused file really is.

use std::fmt;

use crate::FileType;

/// What a file's content was recognised as.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// A known format.
    Format {
        /// The format's usual name, such as `HEIC`.
        name: String,
        /// Its media type, such as `image/heic`.
        media_type: &'static str,
    },
    /// Nothing that is known.
    Unknown,
}

impl Found {
    pub(crate) fn from_infer(kind: infer::Type) -> Self {
        Self::Format {
            name: kind.extension().to_ascii_uppercase(),
            media_type: kind.mime_type(),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { name, media_type } => write!(f, "{name} ({media_type})"),
            Self::Unknown => f.write_str("of no known format"),
        }
    }
}

/// The content is not of the declared type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("declared {declared}, but the content is {found}")]
pub struct Mismatch {
    declared: FileType,
    found: Found,
}

impl Mismatch {
    pub(crate) fn new(declared: FileType, found: Found) -> Self {
        Self { declared, found }
    }

    /// The type that the file was declared to be.
    #[must_use]
    pub fn declared(&self) -> FileType {
        self.declared
    }

    /// What the content is instead.
    #[must_use]
    pub fn found(&self) -> &Found {
        &self.found
    }
}
