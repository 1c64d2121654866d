//! The file formats that this crate edits.

use std::fmt;

/// A file format that this crate edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JPEG (ITU-T T.81).
    Jpg,
    /// PNG (ISO/IEC 15948).
    Png,
    /// MP4 (ISO/IEC 14496-12 and 14496-14).
    Mp4,
}

impl fmt::Display for Format {
    /// Writes the usual file name extension, such as `jpg`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Mp4 => "mp4",
        })
    }
}
