//! The kinds of metadata that are removed.

use std::fmt;

/// A kind of metadata.
///
/// `Display` writes its [`name`](Self::name), which suits a header or a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MetadataKind {
    /// EXIF: camera, date, GPS (CIPA DC-008).
    Exif,
    /// IPTC and Photoshop image resources (IPTC-NAA IIM 4).
    Iptc,
    /// Comments of a JPG, text chunks of a PNG.
    Text,
    /// Thumbnails outside EXIF.
    Thumbnail,
    /// Dates and times outside EXIF.
    Time,
    /// Tracks of an MP4 other than picture and sound.
    Track,
    /// Bytes that no reader shows: after the end, between the parts, or in free space.
    Unused,
    /// User data of an MP4: title, location, vendors' additions.
    UserData,
    /// Segments, chunks or boxes that only vendors define.
    Vendor,
    /// XMP (ISO 16684-1).
    Xmp,
}

impl MetadataKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Exif,
        Self::Iptc,
        Self::Text,
        Self::Thumbnail,
        Self::Time,
        Self::Track,
        Self::Unused,
        Self::UserData,
        Self::Vendor,
        Self::Xmp,
    ];

    /// Returns the name in lower case, such as `user-data`.
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

impl fmt::Display for MetadataKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
