//! The parts of a request that an error can be about.

use std::borrow::Cow;
use std::fmt;

use crate::file_type::FileType;

/// A part of the request that an error can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `fileType`: the declared type of the file.
    FileType,
    /// `fileStream`: the file in Base64, in the JSON body.
    FileStream,
    /// `channel`: always `WEB`.
    Channel,
    /// `file`: the file's own bytes, as a part of a form (RFC 7578).
    File,
    /// The whole body: the file's own bytes and nothing else.
    Body,
}

impl Field {
    /// The documented fields of the JSON body, all mandatory, in the order in which a missing one
    /// is reported.
    pub const JSON: [Self; 3] = [Self::FileType, Self::FileStream, Self::Channel];

    /// Returns the field's name; `body` for the whole body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FileType => "fileType",
            Self::FileStream => "fileStream",
            Self::Channel => "channel",
            Self::File => "file",
            Self::Body => "body",
        }
    }

    /// Returns what to send instead.
    pub(super) fn remedy(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::FileType => {
                return Cow::Owned(format!(
                    "send one of {}",
                    FileType::listed(str::to_owned, ", ")
                ));
            }
            Self::FileStream => "send the file's bytes in Base64",
            Self::Channel => "send \"WEB\"",
            Self::File => "send the file in a part of this name",
            Self::Body => "send the file's bytes",
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The way in which a mandatory field is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The object does not have it.
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

impl JsonKind {
    /// Returns the kind as JSON Schema's `type` names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = match self {
            Self::Null => "",
            Self::Boolean | Self::Number | Self::String => "a ",
            Self::Array | Self::Object => "an ",
        };
        write!(f, "{article}{}", self.name())
    }
}
