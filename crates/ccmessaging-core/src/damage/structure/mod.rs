//! Follows a file's own structure beyond its beginning, to find where bytes were lost, inserted or replaced.
//!
//! The rules that prove a type read the beginning of a file, which may be intact although the rest is not. These
//! rules follow the specifications, and tolerate what common decoders repair, and files that end too early.

mod jpg;
mod mp4;
mod mpeg_audio;
mod png;
mod unfilled;

use super::Damage;
use super::byte_counts::ByteCounts;
use crate::content::Content;
use crate::file_type::FileType;

/// Returns how a file that satisfies the rule of its type was damaged, if it is certainly invalid.
pub(super) fn damage(file_type: FileType, content: &dyn Content) -> Option<Damage> {
    let offset = match file_type {
        FileType::Jpg => jpg::first_fault(content),
        FileType::Png => png::first_fault(content),
        FileType::Mp3 | FileType::Aac => {
            mpeg_audio::first_fault(content).or_else(|| unfilled::start(content))
        }
        FileType::Mp4 => mp4::first_fault(content),
        FileType::Bmp | FileType::Txt | FileType::Csv => None,
    }?;
    // The cause is certain if hardly a byte beyond ASCII is left, or only characters.
    let counts = ByteCounts::count(content);
    let is_decoded = counts.is_some_and(|it| it.is_utf8() || it.has_question_marks());
    Some(if is_decoded {
        Damage::DecodedAsText
    } else {
        Damage::BrokenStructure { offset }
    })
}
