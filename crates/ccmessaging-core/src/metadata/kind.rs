//! The kinds of metadata.

use std::fmt;

/// A kind of metadata; its `Display` is one lower-case word for a header or a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// EXIF: camera, date, GPS (CIPA DC-008).
    Exif,
    /// IPTC and Photoshop's image resources (IPTC-NAA IIM 4).
    Iptc,
    /// Comments of a JPG, text chunks of a PNG.
    Text,
    /// Smaller pictures besides the picture, outside EXIF.
    Thumbnail,
    /// Dates and times outside EXIF.
    Time,
    /// Tracks of a film besides picture and sound.
    Track,
    /// Bytes that no reader shows: behind the end, between the parts, or in free space.
    Unused,
    /// User data of a film: title, place, and what vendors add.
    UserData,
    /// Segments, chunks or boxes of vendors.
    Vendor,
    /// XMP (ISO 16684-1).
    Xmp,
}

impl Kind {
    /// The kind's name, such as `user-data`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exif => "exif",
            Self::Iptc => "iptc",
            Self::Text => "text",
            Self::Thumbnail => "thumbnail",
            Self::Time => "time",
            Self::Track => "track",
            Self::Unused => "unused",
            Self::UserData => "user-data",
            Self::Vendor => "vendor",
            Self::Xmp => "xmp",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
