//! What content turned out to be.

use std::borrow::Cow;
use std::fmt;

use crate::FileType;

/// What a file's content was recognised as.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// A known format.
    Format {
        /// The format's usual name, such as `HEIC`.
        name: Cow<'static, str>,
        /// Its media type, such as `image/heic`.
        media_type: &'static str,
    },
    /// It begins like one of the API's types, but is not well-formed.
    Damaged {
        /// The usual name of the type that it begins like.
        name: Cow<'static, str>,
    },
    /// Data that no text holds, in a file that was declared as text.
    Binary,
    /// No bytes at all.
    Empty,
    /// Nothing that is known.
    Unknown,
}

impl Found {
    pub(super) const fn named(name: &'static str, media_type: &'static str) -> Self {
        Self::Format {
            name: Cow::Borrowed(name),
            media_type,
        }
    }

    /// Names a format by its file extension, in capitals.
    pub(super) fn shouted(extension: &str, media_type: &'static str) -> Self {
        Self::Format {
            name: Cow::Owned(extension.to_ascii_uppercase()),
            media_type,
        }
    }

    /// One of the API's own types, proven by its rule.
    pub(super) fn of_type(file_type: FileType) -> Self {
        Self::shouted(file_type.name(), file_type.media_type())
    }

    /// A signature of one of the API's types whose rule did not hold means a damaged file.
    pub(super) fn doubted(self) -> Self {
        match self {
            Self::Format { name, media_type }
                if FileType::ALL.iter().any(|known| {
                    known.media_type() == media_type && name.eq_ignore_ascii_case(known.name())
                }) =>
            {
                Self::Damaged { name }
            }
            other => other,
        }
    }

    pub(super) fn is_mpeg_audio(&self) -> bool {
        matches!(
            self,
            Self::Format {
                media_type: "audio/mpeg" | "audio/aac",
                ..
            }
        )
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { name, media_type } => write!(f, "{name} ({media_type})"),
            Self::Damaged { name } => write!(f, "damaged, or only begins like {name}"),
            Self::Binary => f.write_str("binary data"),
            Self::Empty => f.write_str("empty"),
            Self::Unknown => f.write_str("of no known format"),
        }
    }
}
