//! The fields of the request body.

use std::fmt;

/// A documented field of the request body; all three are mandatory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// `fileType`: the declared type of the file.
    FileType,
    /// `fileStream`: the file in Base64.
    FileStream,
    /// `channel`: always `WEB`.
    Channel,
}

impl Field {
    /// Every field, in the order in which a missing one is reported.
    pub const ALL: [Self; 3] = [Self::FileType, Self::FileStream, Self::Channel];

    /// The field's name in the JSON body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FileType => "fileType",
            Self::FileStream => "fileStream",
            Self::Channel => "channel",
        }
    }

    /// What a correct value looks like, for an error's remedy.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::FileType => "send one of jpg, png, bmp, mp3, aac, mp4, txt, csv",
            Self::FileStream => "send the file's bytes in Base64",
            Self::Channel => "send \"WEB\"",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
