//! The file types that the API takes, their families and their spellings.

use std::fmt;

/// What kind of thing a file is; size limits are set per family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// JPG, PNG and BMP.
    Image,
    /// MP3 and AAC.
    Audio,
    /// MP4.
    Video,
    /// TXT and CSV.
    Text,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Text => "text",
        })
    }
}

/// A file type of the API's `fileType` field.
///
/// The documentation lists JPG, JPEG, PNG, BPM, BMP, MP3, AAC, MP4, TXT and CSV. JPEG is JPG by
/// another name, and BPM was a typo for BMP that older editions carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileType {
    /// JPEG image (`jpg`, `jpeg`).
    Jpg,
    /// PNG image.
    Png,
    /// Windows bitmap (`bmp`, and `bpm` as older documentation spells it).
    Bmp,
    /// MPEG audio layer III.
    Mp3,
    /// AAC audio in ADTS or ADIF framing.
    Aac,
    /// MPEG-4 video container.
    Mp4,
    /// Plain text.
    Txt,
    /// Comma-separated values.
    Csv,
}

impl FileType {
    /// Every file type, in the documentation's order.
    pub const ALL: [Self; 8] = [
        Self::Jpg,
        Self::Png,
        Self::Bmp,
        Self::Mp3,
        Self::Aac,
        Self::Mp4,
        Self::Txt,
        Self::Csv,
    ];

    /// Reads a documented spelling, in any letter case: `None` for anything else.
    ///
    /// ```
    /// use ccmessaging_core::FileType;
    ///
    /// assert_eq!(FileType::from_spelling("JPEG"), Some(FileType::Jpg));
    /// assert_eq!(FileType::from_spelling("bpm"), Some(FileType::Bmp));
    /// assert_eq!(FileType::from_spelling("exe"), None);
    /// ```
    #[must_use]
    pub fn from_spelling(spelling: &str) -> Option<Self> {
        const SPELLINGS: [(&str, FileType); 10] = [
            ("jpg", FileType::Jpg),
            ("jpeg", FileType::Jpg),
            ("png", FileType::Png),
            ("bmp", FileType::Bmp),
            ("bpm", FileType::Bmp),
            ("mp3", FileType::Mp3),
            ("aac", FileType::Aac),
            ("mp4", FileType::Mp4),
            ("txt", FileType::Txt),
            ("csv", FileType::Csv),
        ];
        SPELLINGS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(spelling))
            .map(|&(_, file_type)| file_type)
    }

    /// The family that the type's size limit belongs to.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Jpg | Self::Png | Self::Bmp => Family::Image,
            Self::Mp3 | Self::Aac => Family::Audio,
            Self::Mp4 => Family::Video,
            Self::Txt | Self::Csv => Family::Text,
        }
    }

    /// The type's name as the newest documentation spells it, in the lower case of its examples.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Bmp => "bmp",
            Self::Mp3 => "mp3",
            Self::Aac => "aac",
            Self::Mp4 => "mp4",
            Self::Txt => "txt",
            Self::Csv => "csv",
        }
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
