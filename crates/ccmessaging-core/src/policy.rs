//! What a deployment decides: how large files may be, and how a bitmap is spelled.

use crate::file_type::{Family, FileType};

/// The choices that validation leaves to the deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The largest file of each family.
    pub limits: Limits,
    /// How a bitmap is spelled when the caller spelled no type.
    pub bmp_spelling: BmpSpelling,
}

/// The largest file of each family, in decoded bytes.
///
/// The API's documentation names no limit; each deployment sets its own. The default admits a file
/// that fits, as Base64, into AWS Lambda's synchronous payload of 6 MiB, the smallest body limit of
/// the supported platforms that is known for certain: 6 MiB / 4 * 3 = 4.5 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// The `fileType` that is sent for a bitmap whose type was inferred, or declared by a media type or
/// a file name only. A spelling that the caller chose is never changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BmpSpelling {
    /// `bmp`, as the newest documentation has it.
    #[default]
    Bmp,
    /// `bpm`, for a server that knows only the older documentation's spelling.
    Bpm,
}

impl Policy {
    /// How the type is spelled in the upstream request if the caller spelled none.
    pub(crate) const fn spelling_of(&self, file_type: FileType) -> &'static str {
        match (file_type, self.bmp_spelling) {
            (FileType::Bmp, BmpSpelling::Bpm) => "bpm",
            _ => file_type.name(),
        }
    }
}

impl Limits {
    /// The default of every family: 4.5 MiB.
    pub const DEFAULT_BYTES: usize = 6 * 1024 * 1024 / 4 * 3;

    /// The same limit for every family.
    #[must_use]
    pub const fn uniform(bytes: usize) -> Self {
        Self {
            image_bytes: bytes,
            audio_bytes: bytes,
            video_bytes: bytes,
            text_bytes: bytes,
        }
    }

    /// The limit of one family.
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
