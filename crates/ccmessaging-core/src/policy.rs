//! The choices of a deployment: size limits, the spelling of bitmaps, and conversions.

use crate::conversion::Conversion;
use crate::file_type::{Family, FileType};

/// The choices of a deployment that apply to validation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The maximum size of a file, by family.
    pub limits: Limits,
    /// How a bitmap is spelled if the caller did not spell a type.
    pub bmp_spelling: BmpSpelling,
    /// Whether other containers are converted to types of the API, as [`Conversion`] lists them. Off by
    /// default.
    pub convert_media: bool,
}

/// The maximum size of a file of each family, in decoded bytes.
///
/// The API documents no limit; each deployment sets its own. By default, a file may be as large as fits,
/// in Base64, into AWS Lambda's synchronous payload of 6 MiB, the smallest documented body limit of the
/// supported platforms: 6 MiB / 4 * 3 = 4.5 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Largest JPG, PNG or BMP file.
    pub image_bytes: usize,
    /// Largest MP3 or AAC file.
    pub audio_bytes: usize,
    /// Largest MP4 file.
    pub video_bytes: usize,
    /// Largest TXT or CSV file.
    pub text_bytes: usize,
}

/// The `fileType` of a bitmap whose type was inferred, or declared only by a media type or file name. A
/// spelling that the caller chose is never changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BmpSpelling {
    /// `bmp`, as the newest documentation has it.
    #[default]
    Bmp,
    /// `bpm`, for servers that only accept the spelling of the older documentation.
    Bpm,
}

impl Policy {
    /// Replaces the size limits.
    #[must_use]
    pub const fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Replaces the spelling of bitmaps.
    #[must_use]
    pub const fn with_bmp_spelling(self, bmp_spelling: BmpSpelling) -> Self {
        Self {
            bmp_spelling,
            ..self
        }
    }

    /// Enables or disables the conversion of containers.
    #[must_use]
    pub const fn with_convert_media(self, convert_media: bool) -> Self {
        Self {
            convert_media,
            ..self
        }
    }

    /// Returns the type that a media type declares: a type of the API, or the one to which files of the
    /// media type are converted.
    #[must_use]
    pub fn type_of_media_type(&self, media_type: &str) -> Option<FileType> {
        FileType::from_media_type(media_type)
            .or_else(|| self.target_of(Conversion::from_media_type(media_type)))
    }

    /// Returns the type that a file name extension declares: a type of the API, or the one to which files
    /// with the extension are converted.
    #[must_use]
    pub fn type_of_extension(&self, extension: &str) -> Option<FileType> {
        FileType::from_extension(extension)
            .or_else(|| self.target_of(Conversion::from_extension(extension)))
    }

    fn target_of(&self, conversion: Option<Conversion>) -> Option<FileType> {
        conversion
            .filter(|_| self.convert_media)
            .map(Conversion::target)
    }

    /// Returns whether a file that was sent with this media type may be of this file type, or can be
    /// converted to it.
    pub(crate) fn agree(&self, file_type: FileType, media_type: &str) -> bool {
        file_type.agrees_with(media_type) || self.type_of_media_type(media_type) == Some(file_type)
    }

    /// Returns the spelling of a type in the upstream request if the caller did not spell one.
    pub(crate) const fn spelling_of(&self, file_type: FileType) -> &'static str {
        match (file_type, self.bmp_spelling) {
            (FileType::Bmp, BmpSpelling::Bpm) => "bpm",
            _ => file_type.name(),
        }
    }
}

impl Limits {
    /// The default limit of every family: 4.5 MiB.
    pub const DEFAULT_BYTES: usize = 6 * 1024 * 1024 / 4 * 3;

    /// Returns the same limit for every family.
    #[must_use]
    pub const fn uniform(bytes: usize) -> Self {
        Self {
            image_bytes: bytes,
            audio_bytes: bytes,
            video_bytes: bytes,
            text_bytes: bytes,
        }
    }

    /// Returns the limit of a family.
    #[must_use]
    pub const fn of(&self, family: Family) -> usize {
        match family {
            Family::Image => self.image_bytes,
            Family::Audio => self.audio_bytes,
            Family::Video => self.video_bytes,
            Family::Text => self.text_bytes,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::uniform(Self::DEFAULT_BYTES)
    }
}
