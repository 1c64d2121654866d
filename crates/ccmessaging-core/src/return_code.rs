//! The API's return codes.

use std::fmt;

use serde::{Serialize, Serializer};

/// A `returnCode` of the API. It travels as a string, not as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnCode {
    /// `0`: the file is stored.
    Success,
    /// `2`: a mandatory parameter is missing ("Param is null").
    MissingParameter,
    /// `3`: a parameter is incorrect ("Requested param validate failed").
    IncorrectParameter,
    /// `13`: the upload failed ("upload file exception").
    UploadFailure,
}

impl ReturnCode {
    /// The code as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::MissingParameter => "2",
            Self::IncorrectParameter => "3",
            Self::UploadFailure => "13",
        }
    }
}

impl fmt::Display for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ReturnCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
