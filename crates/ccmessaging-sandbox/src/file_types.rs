//! The accepted file types.

/// Each accepted `fileType`. BPM is a typo for BMP in older editions of the documentation, so clients
/// may send either.
const FILE_TYPES: [&str; 10] = [
    "JPG", "JPEG", "PNG", "BPM", "BMP", "MP3", "AAC", "MP4", "TXT", "CSV",
];

/// Returns the values of `fileType` that uploadFileStream accepts, in upper case. It ignores case.
pub fn file_types() -> impl Iterator<Item = &'static str> {
    FILE_TYPES.into_iter()
}

/// The values of downloadFileStream's `fileType`, and `bmp` as the correct spelling of `bpm`.
const DOWNLOAD_TYPES: [&str; 14] = [
    "jpg", "png", "bpm", "bmp", "mp3", "aac", "mp4", "txt", "csv", "richtext", "doc", "docx",
    "pdf", "zip",
];

/// Returns whether downloadFileStream accepts `file_type`. It ignores case.
pub(crate) fn is_download_type(file_type: &str) -> bool {
    let mut types = DOWNLOAD_TYPES.iter();
    types.any(|known| known.eq_ignore_ascii_case(file_type))
}

/// Returns whether two types are the same, in any spelling.
pub(crate) fn is_same_type(one: &str, other: &str) -> bool {
    normalized(one) == normalized(other)
}

/// Returns the type in lower case and in its common spelling.
pub(crate) fn normalized(file_type: &str) -> String {
    match file_type.to_ascii_lowercase().as_str() {
        "jpeg" => "jpg".to_owned(),
        "bpm" => "bmp".to_owned(),
        other => other.to_owned(),
    }
}

/// The kind of content of a file type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Image,
    Audio,
    Video,
    Document,
}

impl Family {
    /// Returns the family of a type.
    pub(crate) fn of(file_type: &str) -> Self {
        match normalized(file_type).as_str() {
            "jpg" | "png" | "bmp" => Self::Image,
            "mp3" | "aac" => Self::Audio,
            "mp4" => Self::Video,
            _ => Self::Document,
        }
    }

    /// Returns the `mediaType` of a message to a customer.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Image => "IMAGE",
            Self::Audio => "AUDIO",
            Self::Video => "VIDEO",
            Self::Document => "DOCUMENT",
        }
    }
}
