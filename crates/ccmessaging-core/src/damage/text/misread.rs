//! Recognises texts in UTF-8 or UTF-16 that were decoded in another encoding and encoded in UTF-8.

use std::collections::BTreeSet;

use crate::damage::byte_counts::ByteCounts;
use crate::damage::latin1::latin1_byte;

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

/// How many control characters beyond ASCII Shift-JIS becomes at least: the first byte of most characters. And how many
/// runs of Latin-1's characters, and different ones of them, GBK and EUC-KR become.
const MIN_CONTROLS: usize = 6;
const MIN_RUNS: usize = 12;
const MIN_DISTINCT: usize = 24;

/// How many characters of a text are decoded as Windows-1251.
const MAX_WINDOWS_1251: usize = 4 * 1024;

/// How many characters beyond ASCII a text has at least that was encoded twice, and how many it had before.
const MIN_ENCODED_TWICE: usize = 6;
const MIN_DECODED: usize = 3;

/// The characters that are decoded for each sequence of bytes that is invalid.
const MIN_VALID_SHARE: usize = 8;

/// How many characters of such a text are beyond ASCII at least: one for so many bytes. A few names that were encoded
/// twice may be part of an intact file.
const MIN_SHARE: usize = 16;

/// Returns whether the characters may be those of a misread text.
pub(super) fn is_possible(counts: &ByteCounts) -> bool {
    counts.is_utf8() && (may_be_replacements(counts) || has_many_characters(counts))
}

fn has_many_characters(counts: &ByteCounts) -> bool {
    counts.characters() >= MIN_ENCODED_TWICE.max(counts.bytes() / MIN_SHARE)
}

/// Returns whether there may be a majority of [`REPLACEMENTS_AS_GBK`], which has three characters.
fn may_be_replacements(counts: &ByteCounts) -> bool {
    6 * counts.of(OF_REPLACEMENTS_AS_GBK) > counts.characters()
}

/// Returns whether the beginning of a text was misread, for which [`is_possible`] holds.
pub(super) fn is_misread(counts: &ByteCounts, text: &str) -> bool {
    let replacements = text.matches(REPLACEMENTS_AS_GBK).count();
    (replacements >= MIN_REPLACEMENTS_AS_GBK && 6 * replacements > counts.characters())
        || (has_many_characters(counts)
            && (is_encoded_twice(text)
                || is_shift_jis_as_latin1(counts, text)
                || is_gbk_as_latin1(text)
                || is_gbk_or_shift_jis(counts, text)))
}

/// Returns whether a text in Shift-JIS was decoded as Latin-1.
fn is_shift_jis_as_latin1(counts: &ByteCounts, text: &str) -> bool {
    let controls = text.chars().filter(|it| matches!(it, '\u{80}'..'\u{A0}'));
    let controls = controls.count();
    controls >= MIN_CONTROLS && 3 * controls > counts.characters()
}

/// Returns whether a text in GBK or EUC-KR was decoded as Latin-1, so that each of its characters became two.
fn is_gbk_as_latin1(text: &str) -> bool {
    let is_latin1 = |character| matches!(character, '\u{80}'..='\u{FF}');
    let runs = text.split(|it| !is_latin1(it));
    let lengths = runs.map(|run| run.chars().count());
    let lengths: Vec<_> = lengths.filter(|&length| length > 0).collect();
    let distinct: BTreeSet<_> = text.chars().filter(|&it| is_latin1(it)).collect();
    distinct.len() >= MIN_DISTINCT
        && lengths.len() >= MIN_RUNS
        // The last character may be incomplete.
        && lengths.iter().rev().skip(1).all(|length| length % 2 == 0)
}

/// Returns whether a text in UTF-8 was decoded as GBK or Shift-JIS.
fn is_gbk_or_shift_jis(counts: &ByteCounts, text: &str) -> bool {
    let misread = text.chars().filter(|&it| MISREAD.contains(it)).count();
    // A list of characters contains each of them once.
    let is_repeated = MISREAD.chars().any(|it| text.matches(it).count() > 1);
    is_repeated
        && misread >= MIN_MISREAD.max(counts.characters() / MIN_MISREAD_SHARE)
        && !text.contains(PUNCTUATION)
}

/// Returns whether a text consists of the bytes of another one, each encoded as a character.
fn is_encoded_twice(text: &str) -> bool {
    let was_utf8 = |byte: fn(char) -> Option<u8>, max_characters| {
        let bytes = text.chars().take(max_characters).map(byte);
        // FF is not part of UTF-8.
        is_mostly_utf8(&bytes.map(|byte| byte.unwrap_or(0xFF)).collect::<Vec<_>>())
    };
    was_utf8(latin1_or_lost, text.len()) || was_utf8(windows_1251_byte, MAX_WINDOWS_1251)
}

/// Returns whether most bytes beyond ASCII are those of characters in UTF-8. Programs drop or replace bytes that a
/// character set lacks, and the last character may be incomplete.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut characters, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        characters += chunk.valid().chars().filter(|it| !it.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    characters >= MIN_DECODED && MIN_VALID_SHARE * invalid.saturating_sub(1) <= characters
}

/// Within UTF-8, each byte that Windows-1252 lacks continues a character.
fn latin1_or_lost(character: char) -> Option<u8> {
    match character {
        char::REPLACEMENT_CHARACTER => Some(0x90),
        character => latin1_byte(character),
    }
}

fn windows_1251_byte(character: char) -> Option<u8> {
    let offset = match character {
        '\0'..='\x7F' => return u8::try_from(character).ok(),
        char::REPLACEMENT_CHARACTER => 0x98 - 0x80,
        'А'..='я' => 0x40 + u32::from(character) - u32::from('А'),
        _ => u32::try_from(WINDOWS_1251.chars().position(|it| it == character)?).ok()?,
    };
    u8::try_from(0x80 + offset).ok()
}
