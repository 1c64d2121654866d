//! Recognises texts that lost their characters, and binary files of which so little is left that it is text.

mod misread;
mod wide;

pub(super) use wide::lacks_zeros;

use std::collections::BTreeSet;

use super::byte_counts::ByteCounts;
use super::{Damage, SAMPLE_BYTES, line_breaks};
use crate::content::Content;
use crate::text_instead::placeholder::is_placeholder;

/// How many question marks in runs are too many for a text of few letters and digits, and how many lengths these
/// runs have, like words.
const MIN_QUESTION_MARKS: usize = 8;
const MIN_LENGTHS: usize = 3;

/// The share of lines in which characters were replaced: more than one in so many.
const MIN_DAMAGED_SHARE: usize = 8;

/// The length from which the beginning of a file is no longer text by chance.
const MAX_CUT_BYTES: usize = 16;

/// Returns how a file that is text was damaged.
pub(super) fn damage(content: &dyn Content) -> Option<Damage> {
    if line_breaks::is_damaged_png(content) || wide::is_torn(content) || lacks_zeros(content) {
        return Some(Damage::LineBreaks);
    }
    if is_placeholder(content) {
        return Some(Damage::Placeholder);
    }
    if is_cut_file(content) {
        return Some(Damage::DecodedAsText);
    }
    // A text in another encoding than UTF-8 may lack any byte.
    let counts = ByteCounts::count(content)?;
    has_lost_characters(&counts, content).then_some(Damage::MisreadText)
}

/// Returns whether characters were replaced, or decoded in another encoding.
fn has_lost_characters(counts: &ByteCounts, content: &dyn Content) -> bool {
    let has_question_marks = counts.is_ascii() && counts.has_question_marks();
    let may_be_misread = misread::is_possible(counts);
    let may_have_lost = counts.has_lost_characters();
    if !has_question_marks && !may_be_misread && !may_have_lost {
        return false;
    }
    let mut bytes = vec![0; content.len().min(SAMPLE_BYTES)];
    let count = content.read_at(0, &mut bytes);
    let sample = &bytes[..count];
    let Some(counts) = ByteCounts::count(&sample) else {
        return false;
    };
    let chunk = sample.utf8_chunks().next();
    let text = chunk.map(|chunk| chunk.valid()).unwrap_or_default();
    let text = text.trim_start_matches('\u{FEFF}');
    if has_question_marks {
        return consists_of_question_marks(&counts, text);
    }
    (may_have_lost && lacks_words(text)) || (may_be_misread && misread::is_misread(&counts, text))
}

/// Returns whether question marks replace the words of a text. A single one may stand for a missing number, and runs of
/// few lengths for a mask or emphasis.
fn consists_of_question_marks(counts: &ByteCounts, text: &str) -> bool {
    let runs = text.split(|character| character != '?');
    let lengths = runs.map(str::len).filter(|&length| length > 1);
    let question_marks: usize = lengths.clone().sum();
    let distinct: BTreeSet<_> = lengths.collect();
    distinct.len() >= MIN_LENGTHS
        && question_marks >= MIN_QUESTION_MARKS.max(2 * counts.letters_and_digits())
}

/// Returns whether whole words or syllables were replaced by U+FFFD, not single letters such as umlauts, without which
/// a text can be read. A few damaged lines may be part of an intact file.
fn lacks_words(text: &str) -> bool {
    let runs = text.split(|character| character != char::REPLACEMENT_CHARACTER);
    let runs = runs.filter(|run| !run.is_empty()).count();
    let is_damaged = |line: &&str| line.contains(char::REPLACEMENT_CHARACTER);
    let damaged_lines = text.lines().filter(is_damaged).count();
    2 * text.matches(char::REPLACEMENT_CHARACTER).count() > 3 * runs
        && MIN_DAMAGED_SHARE * damaged_lines > text.lines().count()
}

/// Returns whether a short text is a JPG, MP3 or AAC up to its first NUL, where C programs end a string. In Cyrillic
/// encodings, FF is a letter, too, but only lower-case letters follow it.
fn is_cut_file(content: &dyn Content) -> bool {
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
