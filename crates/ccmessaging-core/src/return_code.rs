//! The return codes of the API.

use std::fmt;

use serde::{Serialize, Serializer};

/// A `returnCode` of the API.
///
/// In JSON it is a string. `code as u8` is the documented number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum ReturnCode {
    /// `0`: the file is stored.
    Success = 0,
    /// `2`: a mandatory parameter is missing ("Param is null").
    MissingParameter = 2,
    /// `3`: a parameter is incorrect ("Requested param validate failed").
    IncorrectParameter = 3,
    /// `13`: the upload failed ("upload file exception").
    UploadFailure = 13,
}

impl ReturnCode {
    /// Returns the code as the API writes it.
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
