//! The parts of a request that an error can be about.

use std::fmt;

/// A part of the request that an error can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub const ALL: [Self; 3] = [Self::FileType, Self::FileStream, Self::Channel];

    /// The name by which an error calls it; a field of the body, by its own.
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

    /// What a correct value looks like, for an error's remedy.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::FileType => "send one of jpg, png, bmp, mp3, aac, mp4, txt, csv",
            Self::FileStream => "send the file's bytes in Base64",
            Self::Channel => "send \"WEB\"",
            Self::File => "send the file in a part of this name",
            Self::Body => "send the file's bytes",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
