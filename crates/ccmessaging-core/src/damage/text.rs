//! Recognises texts that lost their characters, and binary files of which so little is left that it is text.

use std::collections::BTreeSet;

use super::byte_counts::ByteCounts;
use super::latin1_bytes;
use crate::content::Content;

/// U+FFFD twice, whose bytes in UTF-8 were decoded as GBK.
const REPLACEMENTS_AS_GBK: &str = "锟斤拷";

/// A byte that occurs once in [`REPLACEMENTS_AS_GBK`].
const OF_REPLACEMENTS_AS_GBK: u8 = 0x9F;

const MIN_REPLACEMENTS_AS_GBK: usize = 3;

/// How many question marks in runs are too many for a text of few letters and digits, and how many lengths these
/// runs have, like words.
const MIN_QUESTION_MARKS: usize = 8;
const MIN_LENGTHS: usize = 3;

/// How many characters beyond ASCII a text has at least that was encoded twice.
const MIN_ENCODED_TWICE: usize = 6;

/// How many characters of such a text are beyond ASCII at least: one for so many bytes. A few names that were encoded
/// twice may be part of an intact file.
const MIN_SHARE: usize = 16;

/// The length from which the beginning of a file is no longer text by chance.
const MAX_CUT_BYTES: usize = 16;

/// Returns whether most characters beyond ASCII were replaced, or each of their bytes was encoded as a character.
pub(super) fn is_damaged(counts: &ByteCounts, content: &dyn Content) -> bool {
    if counts.has_lost_characters() {
        return true;
    }
    let has_question_marks = counts.is_ascii() && counts.has_question_marks();
    // It has three characters, and the majority decides.
    let may_be_as_gbk = 6 * counts.of(OF_REPLACEMENTS_AS_GBK) > counts.characters();
    let may_be_twice = counts.characters() >= MIN_ENCODED_TWICE.max(counts.bytes() / MIN_SHARE);
    if !has_question_marks && !(counts.is_utf8() && (may_be_as_gbk || may_be_twice)) {
        return false;
    }
    let mut bytes = vec![0; content.len()];
    let count = content.read_at(0, &mut bytes);
    let chunk = bytes[..count].utf8_chunks().next();
    let text = chunk.map(|chunk| chunk.valid()).unwrap_or_default();
    if has_question_marks {
        // A single one may stand for a missing number, and runs of few lengths for a mask or emphasis.
        let runs = text.split(|character| character != '?');
        let lengths = runs.map(str::len).filter(|&length| length > 1);
        let question_marks: usize = lengths.clone().sum();
        let distinct: BTreeSet<_> = lengths.collect();
        return distinct.len() >= MIN_LENGTHS
            && question_marks >= MIN_QUESTION_MARKS.max(2 * counts.letters_and_digits());
    }
    let as_gbk = text.matches(REPLACEMENTS_AS_GBK).count();
    let is_as_gbk = as_gbk >= MIN_REPLACEMENTS_AS_GBK && 6 * as_gbk > counts.characters();
    is_as_gbk || (may_be_twice && is_encoded_twice(text))
}

/// Returns whether a text consists of the bytes of another one, each encoded as a character.
fn is_encoded_twice(text: &str) -> bool {
    latin1_bytes(text).is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok())
}

/// Returns whether a short text is a JPG, MP3 or AAC up to its first NUL, where C programs end a string. In Cyrillic
/// encodings, FF is a letter, too, but only lower-case letters follow it.
pub(super) fn is_cut_file(content: &dyn Content) -> bool {
    let mut start = [0; MAX_CUT_BYTES];
    let count = content.read_at(0, &mut start);
    count < MAX_CUT_BYTES
        && matches!(
            start[..count],
            [0xFF, 0xD8, 0xFF, ..]
                // The header of a frame, with a bit rate below 320 kbit/s or a usual profile of AAC.
                | [0xFF, 0xE2 | 0xE3 | 0xF2 | 0xF3 | 0xFA | 0xFB, 0x10..0xC0, _, ..]
                | [0xFF, 0xF0 | 0xF1 | 0xF8 | 0xF9, 0x40..0x80, _, ..]
        )
}
