//! The rule of each type: one row a type.

use super::text::{self, NotText};
use super::{bmp, jpg, mp4, mpeg_audio, pdf, png};
use crate::{Content, FileType};

/// Why content is not of a type.
pub(super) enum Broken {
    /// Its rule does not hold.
    Rule,
    /// A byte stands in it that no text holds.
    Text(NotText),
}

/// Checks the content against the rule of one type.
pub(super) fn check<C: Content + ?Sized>(file_type: FileType, content: &C) -> Result<(), Broken> {
    let holds = match file_type {
        FileType::Jpg => jpg::is_jpg(content),
        FileType::Png => png::is_png(content),
        FileType::Bmp => bmp::is_bmp(content),
        FileType::Mp3 | FileType::Aac => audio_type(content) == Some(file_type),
        FileType::Mp4 => mp4::is_mp4(content),
        FileType::Txt | FileType::Csv => {
            text::examine(content).map_err(Broken::Text)?;
            !is_other_than_text(content)
        }
    };
    if holds { Ok(()) } else { Err(Broken::Rule) }
}

/// The first of these types whose rule the content follows.
pub(super) fn first_of<C: Content + ?Sized>(
    candidates: impl IntoIterator<Item = FileType>,
    content: &C,
) -> Option<FileType> {
    candidates
        .into_iter()
        .find(|candidate| check(*candidate, content).is_ok())
}

fn audio_type<C: Content + ?Sized>(content: &C) -> Option<FileType> {
    mpeg_audio::codec(content)?.file_type()
}

/// Text that is also a well-formed file of another kind is refused: a short JPEG or a run of AAC
/// frames may happen to hold no control character, and a PDF may be made of ASCII alone.
fn is_other_than_text<C: Content + ?Sized>(content: &C) -> bool {
    pdf::is_pdf(content) || jpg::is_jpg(content) || mpeg_audio::codec(content).is_some()
}
