//! The file types that the upstream lists.

/// The families that size limits are set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Image,
    Audio,
    Video,
    Text,
}

impl Family {
    /// The family of a `fileType`, in any case; `None` if no edition of the documentation lists it.
    ///
    /// BPM is the older editions' typo for BMP, and a client may have been written to either.
    pub(crate) fn of_file_type(spelled: &str) -> Option<Self> {
        match spelled.to_ascii_uppercase().as_str() {
            "JPG" | "JPEG" | "PNG" | "BPM" | "BMP" => Some(Self::Image),
            "MP3" | "AAC" => Some(Self::Audio),
            "MP4" => Some(Self::Video),
            "TXT" | "CSV" => Some(Self::Text),
            _ => None,
        }
    }
}
