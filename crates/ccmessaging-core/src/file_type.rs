//! The file types that the API supports, and their names.

use std::fmt;
use std::str::FromStr;

use crate::excerpt::Excerpt;

/// A group of file types with a common size limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
/// The documentation lists JPG, JPEG, PNG, BPM, BMP, MP3, AAC, MP4, TXT and CSV. JPEG is another name of
/// JPG, and BPM is a typo for BMP in older editions.
///
/// Parsing ignores letter case:
///
/// ```
/// use ccmessaging_core::FileType;
///
/// assert_eq!("JPEG".parse(), Ok(FileType::Jpg));
/// assert_eq!("bpm".parse(), Ok(FileType::Bmp));
/// assert_eq!(
///     "exe".parse::<FileType>().unwrap_err().to_string(),
///     "\"exe\" is not a supported file type; use one of jpg, jpeg, png, bmp, bpm, mp3, aac, mp4, txt, csv"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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

/// A row of the table of file types.
struct Row {
    family: Family,
    /// The type's name first: the one of the newest documentation, in the lower case of its examples.
    spellings: &'static [&'static str],
    /// The registered one (IANA) first, then others that are in use.
    media_types: &'static [&'static str],
}

/// Media types for arbitrary bytes.
const GENERIC_MEDIA_TYPES: [&str; 2] = ["application/octet-stream", "binary/octet-stream"];

impl FileType {
    /// Every file type, in the documentation's order.
    pub const ALL: &'static [Self] = &[
        Self::Jpg,
        Self::Png,
        Self::Bmp,
        Self::Mp3,
        Self::Aac,
        Self::Mp4,
        Self::Txt,
        Self::Csv,
    ];

    /// Returns the type's row of the table of all names. Other lists of types are generated from it, or tests compare them with
    /// it.
    const fn row(self) -> Row {
        match self {
            Self::Jpg => Row {
                family: Family::Image,
                spellings: &["jpg", "jpeg"],
                media_types: &[
                    "image/jpeg",
                    "image/jpg",
                    "image/pjpeg",
                    "image/x-jpeg",
                    "image/x-jpg",
                ],
            },
            Self::Png => Row {
                family: Family::Image,
                spellings: &["png"],
                media_types: &["image/png", "image/x-png", "image/apng"],
            },
            Self::Bmp => Row {
                family: Family::Image,
                spellings: &["bmp", "bpm"],
                media_types: &[
                    "image/bmp",
                    "image/x-bmp",
                    "image/x-ms-bmp",
                    "image/x-windows-bmp",
                    "image/x-bitmap",
                    "image/x-win-bitmap",
                ],
            },
            Self::Mp3 => Row {
                family: Family::Audio,
                spellings: &["mp3"],
                media_types: &[
                    "audio/mpeg",
                    "audio/mp3",
                    "audio/mpeg3",
                    "audio/mpg",
                    "audio/x-mp3",
                    "audio/x-mpeg",
                    "audio/x-mpeg-3",
                    "audio/x-mpg",
                    "audio/x-mpeg3",
                ],
            },
            Self::Aac => Row {
                family: Family::Audio,
                spellings: &["aac"],
                media_types: &[
                    "audio/aac",
                    "audio/aacp",
                    "audio/x-aac",
                    "audio/x-hx-aac-adts",
                    "audio/vnd.dlna.adts",
                    "audio/adts",
                    "audio/x-adts",
                ],
            },
            Self::Mp4 => Row {
                family: Family::Video,
                spellings: &["mp4"],
                media_types: &["video/mp4", "video/mpeg4", "video/x-m4v", "application/mp4"],
            },
            Self::Txt => Row {
                family: Family::Text,
                spellings: &["txt"],
                media_types: &["text/plain"],
            },
            Self::Csv => Row {
                family: Family::Text,
                spellings: &["csv"],
                media_types: &[
                    "text/csv",
                    "text/x-csv",
                    "application/csv",
                    "application/x-csv",
                    // Android's names.
                    "text/comma-separated-values",
                    "text/x-comma-separated-values",
                    "application/comma-separated-values",
                    // Sent by browsers on Windows for a .csv file if Excel is installed.
                    "application/vnd.ms-excel",
                ],
            },
        }
    }

    /// Returns the family whose size limit applies.
    #[must_use]
    pub const fn family(self) -> Family {
        self.row().family
    }

    /// Returns the type's name as the newest documentation spells it, in the lower case of its examples.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spellings()[0]
    }

    /// Returns every documented spelling in lower case, the [`name`](Self::name) first. Any letter case is
    /// accepted.
    #[must_use]
    pub const fn spellings(self) -> &'static [&'static str] {
        self.row().spellings
    }

    /// Returns the registered media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        self.media_types()[0]
    }

    /// Returns the media types (RFC 6838) that browsers and programs give files of the type, the
    /// [registered one](Self::media_type) first.
    #[must_use]
    pub const fn media_types(self) -> &'static [&'static str] {
        self.row().media_types
    }

    /// Returns the type with a media type such as `image/jpeg`; parameters are ignored.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let essence = essence(media_type);
        Self::ALL
            .iter()
            .copied()
            .find(|file_type| names(file_type.media_types(), essence))
    }

    /// Returns the type with a file name extension such as `jpg`, in any letter case and without the dot.
    ///
    /// ```
    /// use ccmessaging_core::FileType;
    ///
    /// assert_eq!(FileType::from_extension("JPEG"), Some(FileType::Jpg));
    /// assert_eq!(FileType::from_extension("mov"), None);
    /// ```
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        // Every documented spelling is also an extension of the type, and the reverse.
        Self::ALL
            .iter()
            .copied()
            .find(|file_type| names(file_type.spellings(), extension))
    }

    /// Returns whether a media type stands for arbitrary bytes, as `application/octet-stream` does.
    #[must_use]
    pub fn is_generic_media_type(media_type: &str) -> bool {
        names(&GENERIC_MEDIA_TYPES, essence(media_type))
    }

    /// Returns whether a file with this media type may be of this file type.
    ///
    /// It may if the media type names this type, if it says nothing (`application/octet-stream`), or
    /// if both are text: systems disagree about which kind of text a file is.
    ///
    /// ```
    /// use ccmessaging_core::FileType;
    ///
    /// assert!(FileType::Csv.agrees_with("text/plain"));
    /// assert!(FileType::Csv.agrees_with("application/csv; header=present"));
    /// assert!(FileType::Txt.agrees_with("application/vnd.ms-excel"));
    /// assert!(!FileType::Jpg.agrees_with("image/heic"));
    /// ```
    #[must_use]
    pub fn agrees_with(self, media_type: &str) -> bool {
        let essence = essence(media_type);
        let named = Self::from_media_type(essence);
        let is_text = || {
            let start = essence.get(..5);
            start.is_some_and(|start| start.eq_ignore_ascii_case("text/"))
                || named.is_some_and(|named| named.family() == Family::Text)
        };
        Self::is_generic_media_type(essence)
            || named == Some(self)
            || (self.family() == Family::Text && is_text())
    }

    /// Lists the names of all types for a sentence: each formatted by `word`, `last` (such as `" or "`)
    /// before the last one and commas before the others.
    pub(crate) fn listed(word: impl Fn(&str) -> String, last: &str) -> String {
        let [first @ .., final_type] = Self::ALL else {
            return String::new();
        };
        let first: Vec<String> = first.iter().map(|known| word(known.name())).collect();
        first.join(", ") + last + &word(final_type.name())
    }
}

/// Returns whether `names` contains `name`, in any letter case.
pub(crate) fn names(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Returns the media type without parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FileType {
    type Err = ParseFileTypeError;

    fn from_str(spelling: &str) -> Result<Self, Self::Err> {
        Self::from_extension(spelling).ok_or_else(|| ParseFileTypeError {
            spelling: Excerpt::new(spelling),
        })
    }
}

/// The error for a spelling that the API does not document. The message lists the documented ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{spelling} is not a supported file type; use one of {}", spellings())]
pub struct ParseFileTypeError {
    pub(crate) spelling: Excerpt,
}

fn spellings() -> String {
    let spellings: Vec<String> = FileType::ALL
        .iter()
        .map(|known| known.spellings().join(", "))
        .collect();
    spellings.join(", ")
}
