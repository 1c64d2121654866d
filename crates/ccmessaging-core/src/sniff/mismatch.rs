//! The reason why a file is rejected: the declared type, the detected format, and a hint for the sender.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use crate::conversion::Conversion;
use crate::file_type::{Family, FileType};

static ACCEPTED: LazyLock<String> = LazyLock::new(|| {
    let types = FileType::listed(str::to_ascii_uppercase, " and ");
    format!("only {types} files can be sent")
});

const AUDIO_HINT: &str = "convert the audio to MP3 or AAC";

/// The content is not of the declared type.
///
/// Reads like `declared mp4, but the content is HEIC (image/heic)` and repeats no byte of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    declared: FileType,
    found: Found,
    position: Option<usize>,
    /// The conversion that would be made if its target were declared.
    conversion: Option<Conversion>,
}

impl Mismatch {
    pub(crate) fn new(declared: FileType, found: Found) -> Self {
        Self {
            declared,
            found,
            position: None,
            conversion: None,
        }
    }

    pub(super) fn at(self, position: usize) -> Self {
        Self {
            position: Some(position),
            ..self
        }
    }

    pub(crate) fn convertible_by(self, conversion: Option<Conversion>) -> Self {
        Self { conversion, ..self }
    }

    /// Returns the declared type.
    #[must_use]
    pub fn declared(&self) -> FileType {
        self.declared
    }

    /// Returns the detected format.
    #[must_use]
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// Returns the offset, from 0, of the first byte that cannot be part of a text. Only files declared as text
    /// have one.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// Returns a hint for the sender, without a full stop.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        if let Some(conversion) = self.conversion {
            return Some(match conversion {
                Conversion::MovToMp4 => "declare fileType \"mp4\", to which it is converted",
                Conversion::M4aToAac => "declare fileType \"aac\", to which it is converted",
            });
        }
        self.found.hint(Some(self.declared))
    }
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            declared, found, ..
        } = self;
        write!(f, "declared {declared}, but the content is {found}")?;
        match (found, self.position) {
            (Found::Binary, Some(position)) => write_position(f, position),
            _ => Ok(()),
        }
    }
}

/// The detected format of a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// A known format.
    Format {
        /// The format's usual name, such as `HEIC`.
        name: Cow<'static, str>,
        /// Its media type, such as `image/heic`.
        media_type: &'static str,
    },
    /// Content with the signature of one of the API's types that is not well-formed.
    Damaged {
        /// The usual name of that type.
        name: Cow<'static, str>,
    },
    /// A file of one of the API's types after a few bytes of text, such as a byte order mark, a line break or a
    /// warning that a script wrote before it.
    Preceded {
        /// The file's type.
        file_type: FileType,
        /// How many bytes precede it.
        bytes: usize,
        /// What they are.
        prefix: Prefix,
    },
    /// Binary data in a file that was declared as text.
    Binary,
    /// Text, except for a few control characters.
    ControlCharacter {
        /// The first control character.
        character: char,
        /// Its offset in bytes, from 0.
        position: usize,
    },
    /// Text in another encoding than its byte order mark names.
    NotAsMarked {
        /// The encoding that the mark names.
        encoding: &'static str,
        /// The offset of the first byte in another encoding, from 0.
        position: usize,
    },
    /// An empty file.
    Empty,
    /// An unknown format.
    Unknown,
}

/// What precedes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prefix {
    /// The byte order mark of UTF-8.
    ByteOrderMark,
    /// The size of a chunk (RFC 9112 section 7.1).
    ChunkSize,
    /// Another text.
    Text,
}

impl Prefix {
    const fn hint(self) -> &'static str {
        match self {
            Self::ByteOrderMark => {
                "remove the bytes before the file: a script wrote a byte order mark"
            }
            Self::ChunkSize => {
                "remove the bytes before the file: the size of a chunk, which a program on the way left in the body when it removed Transfer-Encoding"
            }
            Self::Text => {
                "remove the bytes before the file, such as a line break or a warning that a script wrote"
            }
        }
    }
}

impl Found {
    /// A text that consists of the Base64 of a file.
    pub(crate) const BASE64: Self = Self::named("Base64 text", "text/x-base64");

    pub(crate) const fn named(name: &'static str, media_type: &'static str) -> Self {
        Self::Format {
            name: Cow::Borrowed(name),
            media_type,
        }
    }

    /// Names a format by its file extension, in capitals.
    pub(super) fn from_extension(extension: &str, media_type: &'static str) -> Self {
        Self::Format {
            name: Cow::Owned(extension.to_ascii_uppercase()),
            media_type,
        }
    }

    /// Names one of the API's types, whose rule the content satisfies.
    pub(super) fn of_type(file_type: FileType) -> Self {
        Self::from_extension(file_type.name(), file_type.media_type())
    }

    /// Turns a format that was recognised by its signature alone into [`Found::Damaged`] if it is one of the API's
    /// types, whose rule the content did not satisfy.
    pub(super) fn by_signature(self) -> Self {
        match self {
            Self::Format { name, media_type } if api_type(&name, media_type).is_some() => {
                Self::Damaged { name }
            }
            other => other,
        }
    }

    pub(super) fn is_mpeg_audio(&self) -> bool {
        matches!(self.media_type(), Some("audio/mpeg" | "audio/aac"))
    }

    /// Returns the media type of a known format.
    #[must_use]
    pub const fn media_type(&self) -> Option<&'static str> {
        match self {
            Self::Format { media_type, .. } => Some(media_type),
            _ => None,
        }
    }

    /// Returns the offset, from 0, of the first byte that makes a text invalid.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        match self {
            Self::ControlCharacter { position, .. } | Self::NotAsMarked { position, .. } => {
                Some(*position)
            }
            _ => None,
        }
    }

    /// Returns a hint for the sender of a file with this content, without a full stop. `declared` is the file's
    /// declared type, if it is one of the API's.
    ///
    /// ```
    /// use ccmessaging_core::sniff::Found;
    ///
    /// let found = Found::Format { name: "HEIC".into(), media_type: "image/heic" };
    /// assert_eq!(
    ///     found.hint(None),
    ///     Some("HEIC photo: convert to JPG, or set the iPhone camera to 'Most Compatible'")
    /// );
    /// ```
    #[must_use]
    pub fn hint(&self, declared: Option<FileType>) -> Option<&'static str> {
        Some(match self {
            Self::Empty => "send a file that has at least one byte",
            Self::Binary => "save it as plain text in UTF-8, or declare the type that it is",
            Self::ControlCharacter { .. } => {
                "remove the control characters, or export the text again without them"
            }
            Self::NotAsMarked { .. } => {
                "save it as UTF-8 (in Excel: CSV UTF-8), or remove the byte order mark"
            }
            Self::Damaged { .. } => "save or export the file again",
            Self::Preceded { prefix, .. } => prefix.hint(),
            Self::Unknown => return None,
            Self::Format { name, media_type } => format_hint(declared, name, media_type),
        })
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { name, media_type } => write!(f, "{name} ({media_type})"),
            Self::Damaged { name } => write!(f, "damaged, or only begins like {name}"),
            Self::Preceded {
                file_type, bytes, ..
            } => {
                let others = if *bytes == 1 { "byte" } else { "bytes" };
                let found = Self::of_type(*file_type);
                write!(f, "{found} after {bytes} other {others}")
            }
            Self::Binary => f.write_str("binary data"),
            Self::ControlCharacter {
                character: '\0', ..
            } => f.write_str("text with a NUL character"),
            Self::ControlCharacter { character, .. } => write!(
                f,
                "text with the control character U+{:04X}",
                u32::from(*character)
            ),
            Self::NotAsMarked { encoding, .. } => write!(
                f,
                "text whose byte order mark says {encoding}, but which is not {encoding}"
            ),
            Self::Empty => f.write_str("empty"),
            Self::Unknown => f.write_str("of no known format"),
        }?;
        self.position()
            .map_or(Ok(()), |position| write_position(f, position))
    }
}

fn write_position(f: &mut fmt::Formatter<'_>, position: usize) -> fmt::Result {
    write!(f, " (first at byte {position})")
}

/// Returns the API's type with this name and media type. MP2 and MP3 share a media type.
fn api_type(name: &str, media_type: &str) -> Option<FileType> {
    FileType::ALL
        .iter()
        .copied()
        .find(|known| known.media_type() == media_type && name.eq_ignore_ascii_case(known.name()))
}

fn format_hint(declared: Option<FileType>, name: &str, media_type: &str) -> &'static str {
    if let Some(actual) = api_type(name, media_type) {
        return declare(actual);
    }
    let family = declared.map(FileType::family);
    if family == Some(Family::Audio) && media_type.starts_with("video/") {
        // Voice messages are often recorded into videos without a picture.
        return AUDIO_HINT;
    }
    match (name, media_type) {
        ("Base64 text", _) if matches!(family, None | Some(Family::Text)) => {
            "the file is encoded as Base64; send its bytes (in JSON, encode them once); to send Base64 as a text, put a line of other text before it"
        }
        ("Base64 text", _) => {
            "the file is encoded as Base64; send its bytes (in JSON, encode them once)"
        }
        ("a form" | "an upload in JSON" | "the event of a function", _) => {
            "send the file's bytes, not the request's body"
        }
        ("EBCDIC text", _) => "convert the text to UTF-8",
        ("UTF-16 text without a byte order mark", _) => {
            "save the text as UTF-8, or as UTF-16 with a byte order mark"
        }
        (_, "video/quicktime") => "QuickTime .mov: convert to MP4",
        (_, "image/heic" | "image/heif") => {
            "HEIC photo: convert to JPG, or set the iPhone camera to 'Most Compatible'"
        }
        (_, "audio/mp4" | "audio/m4a" | "audio/vnd.audible.aax") => {
            "M4A audio: convert to MP3, or to AAC in ADTS framing"
        }
        (_, "video/3gpp" | "video/3gpp2") => "3GP video: convert to MP4",
        (_, "video/iso.segment") => "a streaming segment: join the segments to one MP4 file",
        ("XLS" | "XLSX", _) => "Excel workbook: save it as CSV",
        ("DOC" | "DOCX", _) => "Word document: save it as plain text",
        ("PPT" | "PPTX", _) => "PowerPoint presentation: export the slides as JPG or PNG",
        ("MSG", _) => "Outlook message: save it as plain text, and send its attachments as files",
        ("password-protected Office file", _) => {
            "remove the password, then save a workbook as CSV or a document as plain text"
        }
        (_, "text/html") => "open the file first: an error page may have been saved in its place",
        (_, "text/plain") if family != Some(Family::Text) => {
            "plain text: declare fileType \"txt\" or \"csv\", or send the file itself"
        }
        _ => match media_type.split('/').next() {
            Some("image") => "convert the image to JPG or PNG",
            Some("audio") => AUDIO_HINT,
            Some("video") => "convert the video to MP4",
            _ => &ACCEPTED,
        },
    }
}

fn declare(actual: FileType) -> &'static str {
    match actual {
        FileType::Jpg => "declare fileType \"jpg\", or convert the file",
        FileType::Png => "declare fileType \"png\", or convert the file",
        FileType::Bmp => "declare fileType \"bmp\", or convert the file",
        FileType::Mp3 => "declare fileType \"mp3\", or convert the file",
        FileType::Aac => "declare fileType \"aac\", or convert the file",
        FileType::Mp4 => "declare fileType \"mp4\", or convert the file",
        FileType::Txt => "declare fileType \"txt\", or convert the file",
        FileType::Csv => "declare fileType \"csv\", or convert the file",
    }
}
