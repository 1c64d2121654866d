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

/// What programs make of two bytes of Chinese punctuation and Japanese syllables in UTF-8 if they decode them as GBK or
/// Shift-JIS: rare characters, none of which is frequent in a text.
const MISREAD: &str = "锛紝銆銇銈銉縺繧繝縲";

/// How many of these a text has at least: one for so many characters beyond ASCII.
const MIN_MISREAD: usize = 3;
const MIN_MISREAD_SHARE: usize = 64;

/// The punctuation of a text that is intact, but may quote one that is not.
const PUNCTUATION: [char; 3] = ['，', '、', '。'];

/// Windows-1251 from 0x80 to 0xBF (WHATWG Encoding Standard). The letters from А to я follow.
const WINDOWS_1251: &str =
    "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

/// How many characters of a text are decoded as Windows-1251.
const MAX_WINDOWS_1251: usize = 4 * 1024;

/// The byte order marks of UTF-16 whose bytes were encoded as characters.
const MARKS_AS_LATIN1: [&[u8]; 2] = ["ÿþ".as_bytes(), "þÿ".as_bytes()];

/// How many question marks in runs are too many for a text of few letters and digits, and how many lengths these
/// runs have, like words.
const MIN_QUESTION_MARKS: usize = 8;
const MIN_LENGTHS: usize = 3;

/// How many characters beyond ASCII a text has at least that was encoded twice.
const MIN_ENCODED_TWICE: usize = 6;

/// How many characters of such a text are beyond ASCII at least: one for so many bytes. A few names that were encoded
/// twice may be part of an intact file.
const MIN_SHARE: usize = 16;

/// The most bytes of a character that is incomplete.
const MAX_INCOMPLETE: usize = 3;

/// The length from which the beginning of a file is no longer text by chance.
const MAX_CUT_BYTES: usize = 16;

/// Returns whether most characters beyond ASCII were replaced, or each of their bytes was encoded as a character.
pub(super) fn is_damaged(counts: &ByteCounts, content: &dyn Content) -> bool {
    let has_question_marks = counts.is_ascii() && counts.has_question_marks();
    // It has three characters, and the majority decides.
    let may_be_as_gbk = 6 * counts.of(OF_REPLACEMENTS_AS_GBK) > counts.characters();
    let may_be_misread = counts.characters() >= MIN_ENCODED_TWICE.max(counts.bytes() / MIN_SHARE);
    let may_have_lost = counts.has_lost_characters();
    let may_be_damaged = counts.is_utf8() && (may_be_as_gbk || may_be_misread || may_have_lost);
    if !has_question_marks && !may_be_damaged {
        return begins_with_mark_as_latin1(content);
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
    is_as_gbk
        // A surrogate ends the valid part. Otherwise, only the last character may be incomplete.
        || (may_have_lost && (lacks_words(text) || text.len() + MAX_INCOMPLETE < count))
        || (may_be_misread && (is_encoded_twice(text) || is_misread(counts, text)))
        || begins_with_mark_as_latin1(content)
}

/// Returns whether whole words or syllables were replaced by U+FFFD, not single letters such as umlauts, without which
/// a text can be read.
fn lacks_words(text: &str) -> bool {
    let runs = text.split(|character| character != char::REPLACEMENT_CHARACTER);
    let runs = runs.filter(|run| !run.is_empty()).count();
    2 * text.matches(char::REPLACEMENT_CHARACTER).count() > 3 * runs
}

/// Returns whether a text in UTF-8 was decoded as GBK or Shift-JIS.
fn is_misread(counts: &ByteCounts, text: &str) -> bool {
    let misread = text.chars().filter(|&it| MISREAD.contains(it)).count();
    misread >= MIN_MISREAD.max(counts.characters() / MIN_MISREAD_SHARE)
        && !text.contains(PUNCTUATION)
}

fn begins_with_mark_as_latin1(content: &dyn Content) -> bool {
    let mut start = [0; 4];
    content.read_at(0, &mut start);
    MARKS_AS_LATIN1.contains(&start.as_slice())
}

/// Returns whether a text consists of the bytes of another one, each encoded as a character. U+FFFD stands for a byte
/// that the character set lacks. Within UTF-8, each of these continues a character.
fn is_encoded_twice(text: &str) -> bool {
    let defined = text.chars().map(|character| match character {
        char::REPLACEMENT_CHARACTER => '\u{90}',
        character => character,
    });
    latin1_bytes(defined).is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok())
        || windows_1251_bytes(text).is_some_and(|bytes| {
            let error = std::str::from_utf8(&bytes).err();
            let beyond_ascii = bytes.iter().filter(|byte| !byte.is_ascii()).count();
            beyond_ascii >= MIN_ENCODED_TWICE && error.is_none_or(|it| it.error_len().is_none())
        })
}

/// Returns the bytes of which the beginning of a text was made if they were decoded as Windows-1251.
fn windows_1251_bytes(text: &str) -> Option<Vec<u8>> {
    let bytes = text.chars().take(MAX_WINDOWS_1251).map(|character| {
        let offset = match character {
            '\0'..='\x7F' => return u8::try_from(character).ok(),
            char::REPLACEMENT_CHARACTER => 0x98 - 0x80,
            'А'..='я' => 0x40 + u32::from(character) - u32::from('А'),
            _ => u32::try_from(WINDOWS_1251.chars().position(|it| it == character)?).ok()?,
        };
        u8::try_from(0x80 + offset).ok()
    });
    bytes.collect()
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
