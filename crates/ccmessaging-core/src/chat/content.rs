//! The content of messages: text, and references to uploaded files.

use std::fmt;

use super::download_type::DownloadType;
use super::error::ChatError;
use super::field::ChatField;
use super::kinds::MessageKind;
use crate::file_type::{Family, FileType};
use crate::policy::BmpSpelling;
use crate::validated::ValidatedUpload;

/// The longest text: "1 KB".
const MAX_TEXT_BYTES: usize = 1024;

/// The longest file name of common file systems.
const MAX_FILE_NAME_CHARACTERS: usize = 255;

/// The longest web card. No page documents a limit.
const MAX_CARD_CHARACTERS: usize = 16 * 1024;

/// The longest object key. Documented ones are UUIDs.
const MAX_KEY_BYTES: usize = 500;

/// The form in which a message refers to an image, audio or video. The documentation of `send` and that of `sendAsync`
/// differ, and so do their editions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaFormat {
    /// The object key alone, as the pages of `send` say.
    ObjectKey,
    /// `objectKey,type`, as the pages of `sendAsync` say.
    ObjectKeyAndType,
}

/// The properties of an uploaded file that a message names, in addition to its object key.
///
/// ```
/// use ccmessaging_core::chat::{MessageKind, SentFile};
/// use ccmessaging_core::{Policy, UploadRequest};
///
/// let upload = UploadRequest::from_file("name,city\n", "csv").validate(&Policy::default())?;
/// assert_eq!(SentFile::of(&upload, "cities.csv").kind(), MessageKind::File);
/// # Ok::<_, ccmessaging_core::UploadError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SentFile {
    file_type: FileType,
    bmp_spelling: BmpSpelling,
    name: String,
    bytes: usize,
}

impl SentFile {
    /// Describes a file. In its name, which the agent sees for text files, commas and control characters are
    /// replaced by `_`, because a comma separates the fields of a message. The name is cut off after 255 characters.
    #[must_use]
    pub fn new(file_type: FileType, name: &str, bytes: usize) -> Self {
        let is_safe = |character: char| character != ',' && !character.is_control();
        let safe = |character| if is_safe(character) { character } else { '_' };
        let name = match name.trim() {
            "" => format!("file.{file_type}"),
            name => {
                let characters = name.chars().take(MAX_FILE_NAME_CHARACTERS);
                characters.map(safe).collect()
            }
        };
        Self {
            file_type,
            bmp_spelling: BmpSpelling::default(),
            name,
            bytes,
        }
    }

    /// Describes a file that is uploaded, as it is sent: it may have been converted. Bitmaps are spelled as in
    /// the upload.
    #[must_use]
    pub fn of(upload: &ValidatedUpload, name: &str) -> Self {
        let is_bpm = upload.spelling().eq_ignore_ascii_case("bpm");
        let bmp_spelling = if is_bpm {
            BmpSpelling::Bpm
        } else {
            BmpSpelling::Bmp
        };
        Self {
            bmp_spelling,
            ..Self::new(upload.file_type(), name, upload.decoded_bytes())
        }
    }

    /// Returns the kind of a message with this file. The documentation does not assign file types to
    /// kinds: images are `IMAGE`, audio is `AUDIO`, videos are `VIDEO`, and text is a `FILE`.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self.file_type.family() {
            Family::Image => MessageKind::Image,
            Family::Audio => MessageKind::Audio,
            Family::Video => MessageKind::Video,
            Family::Text => MessageKind::File,
        }
    }

    /// Returns the content of a message with this file.
    ///
    /// # Errors
    ///
    /// The key is empty or too long, or contains a comma or characters other than visible ASCII.
    pub fn content(&self, object_key: &str, format: MediaFormat) -> Result<String, ChatError> {
        // A key with a comma would be read as a key and a type.
        if !is_key(object_key) || object_key.contains(',') {
            return Err(ChatError::Invalid {
                field: ChatField::Content,
                problem: "not an object key; send the one that the upload returned",
            });
        }
        let Self { name, bytes, .. } = self;
        let file_type = DownloadType::from(self.file_type).spelling(self.bmp_spelling);
        Ok(match (self.kind(), format) {
            (MessageKind::File, _) => format!("{name},{bytes},{object_key},{file_type}"),
            (_, MediaFormat::ObjectKey) => object_key.to_owned(),
            (_, MediaFormat::ObjectKeyAndType) => format!("{object_key},{file_type}"),
        })
    }
}

impl fmt::Debug for SentFile {
    /// Prints no name, which is a customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentFile")
            .field("file_type", &self.file_type)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// Checks a message's content, which is not empty.
pub(super) fn check_content(kind: MessageKind, content: &str) -> Result<(), ChatError> {
    let fields: Vec<&str> = content.split(',').collect();
    let (is_valid, problem) = match kind {
        MessageKind::Text => return check_text(content),
        // No page documents the content of a web card.
        MessageKind::WebCard => return check_card(content),
        MessageKind::Image | MessageKind::Audio | MessageKind::Video => (
            match fields[..] {
                [key] => is_key(key),
                [key, file_type] => is_key(key) && is_type(file_type),
                _ => false,
            },
            "not a reference to a file; send its object key, or objectKey,type",
        ),
        MessageKind::File => (
            match fields[..] {
                [name, bytes, key, file_type] => {
                    if name.chars().count() > MAX_FILE_NAME_CHARACTERS {
                        return Err(ChatError::Invalid {
                            field: ChatField::Content,
                            problem: "the file's name has more than 255 characters; shorten it",
                        });
                    }
                    !name.trim().is_empty()
                        && !name.chars().any(char::is_control)
                        && is_size(bytes)
                        && is_key(key)
                        && is_type(file_type)
                }
                _ => false,
            },
            "not a reference to a file; send fileName,fileSizeInBytes,objectKey,fileType without commas in the name",
        ),
        MessageKind::FileImage => (
            matches!(fields[..], [key, "jpg"] if is_key(key)),
            "not a reference to an image; send objectKey,jpg",
        ),
        MessageKind::FileVideo => (
            matches!(fields[..], [key, "mp4"] if is_key(key)),
            "not a reference to a video; send objectKey,mp4",
        ),
    };
    if is_valid {
        return Ok(());
    }
    Err(ChatError::Invalid {
        field: ChatField::Content,
        problem,
    })
}

fn check_text(text: &str) -> Result<(), ChatError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ChatError::TextTooLong {
            limit_bytes: MAX_TEXT_BYTES,
            actual_bytes: text.len(),
        });
    }
    // Editors paste other layout characters than tabs and line breaks, such as a vertical tab.
    let is_control = |byte: u8| byte.is_ascii_control() && !matches!(byte, b'\t'..=b'\r');
    if text.bytes().any(is_control) {
        return Err(ChatError::Invalid {
            field: ChatField::Content,
            problem: "contains control characters; remove them",
        });
    }
    Ok(())
}

fn check_card(card: &str) -> Result<(), ChatError> {
    let actual = card.chars().count();
    if actual > MAX_CARD_CHARACTERS {
        return Err(ChatError::TooLong {
            field: ChatField::Content,
            limit: MAX_CARD_CHARACTERS,
            actual,
        });
    }
    Ok(())
}

fn is_key(key: &str) -> bool {
    (1..=MAX_KEY_BYTES).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns whether a text can be the type of a file. The documentation lists none for messages.
fn is_type(file_type: &str) -> bool {
    (1..=8).contains(&file_type.len()) && file_type.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_size(bytes: &str) -> bool {
    (1..=20).contains(&bytes.len()) && bytes.bytes().all(|byte| byte.is_ascii_digit())
}
