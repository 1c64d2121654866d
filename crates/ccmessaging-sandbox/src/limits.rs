//! The file types and their size limits.

/// 2 MiB: the documentation's example limit for files and audio.
const EXAMPLE_FILE_BYTES: usize = 2 * 1024 * 1024;
/// 4 MiB: the documentation's example limit for video.
const EXAMPLE_VIDEO_BYTES: usize = 4 * 1024 * 1024;

type Limit = fn(&SizeLimits) -> usize;

/// Each `fileType` and its limit. BPM is a typo for BMP in older editions of the documentation, so
/// clients may send either.
const FILE_TYPES: [(&str, Limit); 10] = [
    ("JPG", |limits| limits.image_bytes),
    ("JPEG", |limits| limits.image_bytes),
    ("PNG", |limits| limits.image_bytes),
    ("BPM", |limits| limits.image_bytes),
    ("BMP", |limits| limits.image_bytes),
    ("MP3", |limits| limits.audio_bytes),
    ("AAC", |limits| limits.audio_bytes),
    ("MP4", |limits| limits.video_bytes),
    ("TXT", |limits| limits.text_bytes),
    ("CSV", |limits| limits.text_bytes),
];

/// Returns the values of `fileType` that uploadFileStream accepts, in upper case. It ignores case.
pub fn file_types() -> impl Iterator<Item = &'static str> {
    FILE_TYPES.into_iter().map(|(name, _)| name)
}

/// The size of the largest accepted file of each family, in bytes after Base64 decoding.
///
/// The contact centre sets these per deployment and publishes only an example (2 MB for files and
/// audio, 4 MB for video), which is the [default](SizeLimits::default).
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
    /// Returns the same limit for every family.
    #[must_use]
    pub const fn uniform(max_bytes: usize) -> Self {
        Self {
            image_bytes: max_bytes,
            audio_bytes: max_bytes,
            video_bytes: max_bytes,
            text_bytes: max_bytes,
        }
    }

    /// Returns the limit of a `fileType`, ignoring case; `None` if no edition of the documentation lists it.
    pub(crate) fn of(&self, file_type: &str) -> Option<usize> {
        let mut types = FILE_TYPES.into_iter();
        let (_, limit) = types.find(|(name, _)| name.eq_ignore_ascii_case(file_type))?;
        Some(limit(self))
    }
}

impl Default for SizeLimits {
    /// Returns the documentation's example.
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
