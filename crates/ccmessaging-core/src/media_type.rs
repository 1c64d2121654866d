//! The media types (RFC 6838) that browsers and programs give the API's file types.

use crate::{Family, FileType};

/// The registered name of each type first, then what else is in use for it.
const NAMES: [(&str, FileType); 32] = [
    ("image/jpeg", FileType::Jpg),
    ("image/jpg", FileType::Jpg),
    ("image/pjpeg", FileType::Jpg),
    ("image/png", FileType::Png),
    ("image/x-png", FileType::Png),
    ("image/apng", FileType::Png),
    ("image/bmp", FileType::Bmp),
    ("image/x-bmp", FileType::Bmp),
    ("image/x-ms-bmp", FileType::Bmp),
    ("image/x-windows-bmp", FileType::Bmp),
    ("audio/mpeg", FileType::Mp3),
    ("audio/mp3", FileType::Mp3),
    ("audio/mpeg3", FileType::Mp3),
    ("audio/mpg", FileType::Mp3),
    ("audio/x-mp3", FileType::Mp3),
    ("audio/x-mpeg", FileType::Mp3),
    ("audio/x-mpeg-3", FileType::Mp3),
    ("audio/aac", FileType::Aac),
    ("audio/aacp", FileType::Aac),
    ("audio/x-aac", FileType::Aac),
    ("audio/x-hx-aac-adts", FileType::Aac),
    ("audio/vnd.dlna.adts", FileType::Aac),
    ("video/mp4", FileType::Mp4),
    ("video/mpeg4", FileType::Mp4),
    ("video/x-m4v", FileType::Mp4),
    ("application/mp4", FileType::Mp4),
    ("text/plain", FileType::Txt),
    ("text/csv", FileType::Csv),
    ("text/x-csv", FileType::Csv),
    ("application/csv", FileType::Csv),
    ("application/x-csv", FileType::Csv),
    // What a browser on Windows calls a .csv file where Excel is installed.
    ("application/vnd.ms-excel", FileType::Csv),
];

/// Media types that say no more than "bytes".
const GENERIC: [&str; 2] = ["application/octet-stream", "binary/octet-stream"];

impl FileType {
    /// Reads a media type such as `image/jpeg`, parameters ignored: `None` where it names no type
    /// of the API.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let essence = essence(media_type);
        NAMES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(essence))
            .map(|&(_, file_type)| file_type)
    }

    /// Whether a media type says no more than "bytes", as `application/octet-stream` does.
    #[must_use]
    pub fn is_generic_media_type(media_type: &str) -> bool {
        let essence = essence(media_type);
        GENERIC
            .iter()
            .any(|generic| generic.eq_ignore_ascii_case(essence))
    }

    /// The type's registered media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Bmp => "image/bmp",
            Self::Mp3 => "audio/mpeg",
            Self::Aac => "audio/aac",
            Self::Mp4 => "video/mp4",
            Self::Txt => "text/plain",
            Self::Csv => "text/csv",
        }
    }

    /// Whether a media type that came with a file leaves room for this type.
    ///
    /// It does if it names this type, or says nothing (`application/octet-stream`), or if both
    /// are text: which kind of text a file is, systems disagree about.
    ///
    /// ```
    /// use ccmessaging_core::FileType;
    ///
    /// assert!(FileType::Csv.agrees_with("text/plain"));
    /// assert!(FileType::Csv.agrees_with("application/csv; header=present"));
    /// assert!(!FileType::Jpg.agrees_with("image/heic"));
    /// ```
    #[must_use]
    pub fn agrees_with(self, media_type: &str) -> bool {
        let essence = essence(media_type);
        let is_text = essence
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("text/"));
        Self::is_generic_media_type(essence)
            || Self::from_media_type(essence) == Some(self)
            || (self.family() == Family::Text && is_text)
    }
}

/// The media type without parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}
