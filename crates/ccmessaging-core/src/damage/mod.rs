//! Detects files that were damaged in transit because a program treated their bytes, or their Base64, as text.
//!
//! These cases are common:
//!
//! - A client or a proxy decodes the bytes as UTF-8, and every invalid sequence becomes U+FFFD or is dropped; or
//!   it decodes each byte as a character of Latin-1 or Windows-1252. Then it encodes the characters as UTF-8. The
//!   result is valid UTF-8, which an intact image, video or recording of more than a few bytes is not.
//! - It encodes the characters in another character set. Most bytes beyond ASCII become question marks, FD or SUB.
//! - It decodes and encodes the bytes in the same character set. Only those that the character set does not
//!   define become question marks or are dropped.
//! - It converts or removes line breaks, or removes zero bytes, or ends the file at the first one.
//! - A lenient decoder of Base64 drops the spaces that replaced `+`.
//! - It clears the eighth bit, or writes escapes such as `\xFF`. No byte beyond ASCII is left.
//!
//! Every JPG, PNG, MP3 and ADTS file contains bytes that never occur in UTF-8. A bitmap of a few bytes may be valid
//! UTF-8 by chance, and a dark one may be ASCII, so a bitmap whose eighth bits were cleared may not be detected. What
//! remains is found by following the [structure] of the file.

mod bmp;
mod byte_counts;
mod latin1;
mod line_breaks;
mod recoded;
mod structure;
mod text;

use byte_counts::ByteCounts;

use crate::content::Content;
use crate::file_type::{Family, FileType};
use crate::sniff::{self, Found};
use crate::text_instead::placeholder::{is_empty_object, is_placeholder};
use crate::text_instead::printed::{self, Notation};

/// How much of a text is read to recognise the bytes of a file.
const PRINTED_BYTES: usize = 8 * 1024;

/// Bytes that are read at once.
const WINDOW_BYTES: usize = 4 * 1024;

/// How much of a file is examined for what most files have in their first window.
const SAMPLE_BYTES: usize = 64 * 1024;

/// How a file was damaged before it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The bytes were decoded as text: invalid sequences were replaced, or the characters were encoded again. Or
    /// they were written as text, such as a list of numbers.
    #[error(
        "the file was damaged in transit: a program decoded its bytes as text; send the raw bytes, not a string"
    )]
    DecodedAsText,
    /// Characters of a text were replaced, or decoded in another encoding. Nothing shows whether that happened in transit
    /// or before the file was saved.
    #[error(
        "the text was decoded in a wrong encoding, in transit or before the file was saved; open the file, check letters such as umlauts, save it as UTF-8, and send its raw bytes, not a string"
    )]
    MisreadText,
    /// Line breaks or zero bytes were removed or replaced, as in a text.
    #[error(
        "the file was damaged in transit: a program removed or replaced its line breaks or zero bytes; send its bytes unchanged (with curl: --data-binary instead of -d)"
    )]
    LineBreaks,
    /// The file's own structure shows that bytes were lost, inserted or replaced.
    #[error(
        "the file was damaged in transit: from byte {offset} on, its data is invalid; a program treated the bytes as text, decoded Base64 in which `+` had become a space, or lost a part; send the bytes unchanged"
    )]
    BrokenStructure {
        /// Where the invalid data begins, in bytes from the start of the file.
        offset: usize,
    },
    /// The content is a word that JavaScript or Python writes for a value other than a file.
    #[error(
        "the content is a placeholder such as null, [object Object] or b'...', not a file; send the file's bytes"
    )]
    Placeholder,
}

/// Returns how a file that satisfies the rule of its type is damaged.
pub(crate) fn of_proven(file_type: FileType, content: &dyn Content) -> Option<Damage> {
    match file_type {
        FileType::Txt | FileType::Csv => text::damage(content),
        FileType::Bmp => bmp::damage(content),
        FileType::Jpg | FileType::Png => structure::damage(file_type, content),
        FileType::Mp3 | FileType::Aac | FileType::Mp4 => {
            recoded::damage(file_type, content).or_else(|| structure::damage(file_type, content))
        }
    }
}

/// Returns how a file that satisfies no rule, or not that of its declared type, is damaged.
pub(crate) fn of_rejected(declared: Option<FileType>, content: &dyn Content) -> Option<Damage> {
    let is_text = declared.is_some_and(|it| it.family() == Family::Text);
    let is_binary = declared.is_some() && !is_text;
    if line_breaks::is_damaged_png(content) || text::lacks_zeros(content) {
        return Some(Damage::LineBreaks);
    }
    let mut head = [0; 3];
    let head_bytes = content.read_at(0, &mut head);
    if is_placeholder(content) || is_empty_object(&head[..head_bytes]) {
        return Some(Damage::Placeholder);
    }
    if is_binary && is_printed(content) {
        return Some(Damage::DecodedAsText);
    }
    let is_decoded = |counts: ByteCounts| {
        let has_lost = if is_text {
            // A text with a control character may contain a few replacement characters as well.
            counts.has_replacements()
        } else {
            counts.has_replacement() || counts.has_question_marks()
        };
        has_lost || (counts.is_utf8() && latin1::was_latin1(content))
    };
    let has_substitutes = !is_text && recoded::has_substitutes(content);
    let counts = ByteCounts::count(content);
    // A text with separators such as U+0001 may have no line break either, and a file of another format needs another
    // remedy.
    let is_undeclared_binary = declared.is_none()
        && counts.is_none()
        && line_breaks::are_stripped(content)
        && matches!(sniff::name(content), Found::Damaged { .. } | Found::Unknown);
    let damage = if has_substitutes || counts.is_some_and(is_decoded) {
        if is_text {
            Damage::MisreadText
        } else {
            Damage::DecodedAsText
        }
    } else if is_undeclared_binary || (is_binary && line_breaks::are_stripped(content)) {
        Damage::LineBreaks
    } else {
        return None;
    };
    // Text may be declared to be an image by mistake.
    sniff::prove(FileType::Txt, content)
        .is_err()
        .then_some(damage)
}

/// Returns whether a text in place of a binary file consists of the file's bytes. Base64 has another message.
fn is_printed(content: &dyn Content) -> bool {
    let mut head = vec![0; content.len().min(PRINTED_BYTES)];
    let count = content.read_at(0, &mut head);
    printed::find(&head[..count]).is_some_and(|notation| notation != Notation::Base64)
}

fn read_u32(content: &dyn Content, offset: usize, number: fn([u8; 4]) -> u32) -> Option<usize> {
    let mut bytes = [0; 4];
    let is_there = content.read_at(offset, &mut bytes) == bytes.len();
    usize::try_from(number(bytes)).ok().filter(|_| is_there)
}
