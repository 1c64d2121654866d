//! How large a file may be.

use crate::Family;

/// The largest file of each family, in decoded bytes.
///
/// The API's documentation names no limit; each deployment sets its own. The default lets a file
/// pass that fits, as Base64, into the smallest body limit of the supported platforms that is
/// known for certain: 6 MiB (AWS Lambda's synchronous payload), so 6 MiB / 4 * 3 = 4.5 MiB.
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
