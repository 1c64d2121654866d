//! How large a file of each family may be.

use crate::file_type::Family;

/// 2 MiB: the documentation's example limit for files and audio.
const EXAMPLE_FILE_BYTES: usize = 2 * 1024 * 1024;
/// 4 MiB: the documentation's example limit for video.
const EXAMPLE_VIDEO_BYTES: usize = 4 * 1024 * 1024;

/// The largest file of each family, in bytes after Base64 decoding; a file of exactly that size is
/// still accepted.
///
/// The upstream sets these per deployment and publishes only an example (2 MB for files and audio,
/// 4 MB for video), which is the [default](SizeLimits::default).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeLimits {
    /// JPG, JPEG, PNG, BPM and BMP.
    pub image_bytes: usize,
    /// MP3 and AAC.
    pub audio_bytes: usize,
    /// MP4.
    pub video_bytes: usize,
    /// TXT and CSV.
    pub text_bytes: usize,
}

impl SizeLimits {
    /// The same limit for every family.
    #[must_use]
    pub const fn uniform(max_bytes: usize) -> Self {
        Self {
            image_bytes: max_bytes,
            audio_bytes: max_bytes,
            video_bytes: max_bytes,
            text_bytes: max_bytes,
        }
    }

    pub(crate) const fn of(&self, family: Family) -> usize {
        match family {
            Family::Image => self.image_bytes,
            Family::Audio => self.audio_bytes,
            Family::Video => self.video_bytes,
            Family::Text => self.text_bytes,
        }
    }
}

impl Default for SizeLimits {
    fn default() -> Self {
        Self {
            video_bytes: EXAMPLE_VIDEO_BYTES,
            ..Self::uniform(EXAMPLE_FILE_BYTES)
        }
    }
}

impl From<usize> for SizeLimits {
    fn from(max_bytes: usize) -> Self {
        Self::uniform(max_bytes)
    }
}
