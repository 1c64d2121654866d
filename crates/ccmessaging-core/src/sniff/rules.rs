//! The rule of each type.

use super::mpeg_audio::Codec;
use super::text::NotText;
use super::{bmp, chunk_sizes, jpg, mp4, mpeg_audio, pdf, png, text};
use crate::content::Content;
use crate::file_type::FileType;

/// Returns the API's file type of the content, or `None` for other formats.
///
/// Text is reported as [`FileType::Txt`], because the bytes of a CSV file do not differ from text.
#[must_use]
pub fn identify<C: Content + ?Sized>(content: &C) -> Option<FileType> {
    // Text is last because its rule reads the whole file.
    const IN_ORDER: [FileType; 7] = [
        FileType::Jpg,
        FileType::Png,
        FileType::Bmp,
        FileType::Mp4,
        FileType::Mp3,
        FileType::Aac,
        FileType::Txt,
    ];
    first_of(IN_ORDER, &content)
}

/// Why content is not of the declared type.
pub(super) enum Violation {
    /// The type's rule does not hold.
    Rule,
    /// The content is not text.
    Text(NotText),
}

/// Checks the content against the rule of one type.
pub(super) fn check(file_type: FileType, content: &dyn Content) -> Result<(), Violation> {
    let holds = match file_type {
        FileType::Jpg => jpg::is_jpg(content),
        FileType::Png => png::is_png(content),
        FileType::Bmp => bmp::is_bmp(content),
        FileType::Mp3 | FileType::Aac => {
            mpeg_audio::codec(content).and_then(Codec::file_type) == Some(file_type)
        }
        FileType::Mp4 => mp4::is_mp4(content),
        FileType::Txt | FileType::Csv => {
            text::examine(content).map_err(Violation::Text)?;
            !is_other_than_text(content)
        }
    };
    if holds { Ok(()) } else { Err(Violation::Rule) }
}

/// Returns the first candidate whose rule the content satisfies.
pub(super) fn first_of(
    candidates: impl IntoIterator<Item = FileType>,
    content: &dyn Content,
) -> Option<FileType> {
    candidates
        .into_iter()
        .find(|candidate| check(*candidate, content).is_ok())
}

/// Returns whether text is also a well-formed file of another format, which is not accepted as text. A short JPEG
/// or a few AAC frames need not contain control characters, and a PDF may be pure ASCII.
fn is_other_than_text(content: &dyn Content) -> bool {
    pdf::is_pdf(content)
        || jpg::is_jpg(content)
        || mpeg_audio::codec(content).is_some()
        || chunk_sizes::chunked_text(content).is_some()
}
