//! Containers that are converted to a type of the API.

use crate::file_type::{FileType, essence, names};

/// A lossless conversion to a type of the API, enabled by [`Policy::convert_media`](crate::Policy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Conversion {
    /// `QuickTime` movies, as iPhones record them, become MP4.
    MovToMp4,
    /// MP4 audio becomes AAC in ADTS framing.
    M4aToAac,
}

impl Conversion {
    /// Every conversion.
    pub const ALL: &'static [Self] = &[Self::MovToMp4, Self::M4aToAac];

    /// Returns the usual name of the source format: `mov` or `m4a`.
    #[must_use]
    pub const fn source(self) -> &'static str {
        self.extensions()[0]
    }

    /// Returns the type of the result.
    #[must_use]
    pub const fn target(self) -> FileType {
        match self {
            Self::MovToMp4 => FileType::Mp4,
            Self::M4aToAac => FileType::Aac,
        }
    }

    /// Returns the file name extensions of the source format, the usual one first.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::MovToMp4 => &["mov", "qt"],
            Self::M4aToAac => &["m4a"],
        }
    }

    /// Returns the media types of the source format, the registered one first.
    #[must_use]
    pub const fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::MovToMp4 => &["video/quicktime", "video/x-quicktime"],
            Self::M4aToAac => &["audio/mp4", "audio/x-m4a", "audio/m4a", "audio/mp4a-latm"],
        }
    }

    /// Returns the conversion of a source format with a media type; parameters are ignored.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let essence = essence(media_type);
        let mut all = Self::ALL.iter().copied();
        all.find(|conversion| names(conversion.media_types(), essence))
    }

    /// Returns the conversion of a source format with a file name extension, in any letter case and
    /// without the dot.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|conversion| names(conversion.extensions(), extension))
    }

    /// Returns whether a conversion results in the type.
    pub(crate) fn exists_for(file_type: FileType) -> bool {
        let mut all = Self::ALL.iter();
        all.any(|conversion| conversion.target() == file_type)
    }

    /// Returns the conversion that turns content with a media type into a file of its declared type.
    pub(crate) fn to(declared: FileType, media_type: &str) -> Option<Self> {
        match (declared, media_type) {
            (FileType::Mp4, "video/quicktime") => Some(Self::MovToMp4),
            // Recorders also give audio the brands of MP4 video.
            (FileType::Aac, "audio/mp4" | "video/mp4") => Some(Self::M4aToAac),
            _ => None,
        }
    }
}
