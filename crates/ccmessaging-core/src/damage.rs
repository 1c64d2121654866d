//! Detects files that were damaged in transit because a program treated their bytes as text.
//!
//! Three cases are common. A client or a proxy decodes the bytes as UTF-8, and every invalid sequence
//! becomes U+FFFD. Or it decodes each byte as a character of Latin-1 or Windows-1252 and encodes the
//! characters as UTF-8. In both cases the result is valid UTF-8, which an intact image, video or
//! recording of more than a few bytes is not. Or it replaces each non-ASCII byte with a question mark.
//!
//! Every JPG, PNG, MP3 and ADTS file contains bytes that never occur in UTF-8. A bitmap or a video of a
//! few bytes may be valid UTF-8 by chance, so it counts as intact if its declared lengths are correct.

use crate::content::Content;
use crate::file_type::{Family, FileType};
use crate::sniff::{self, Found};

/// Bytes that are read at once: whole groups of Base64.
const WINDOW_BYTES: usize = 3 * 1024;

/// The maximum number of boxes of a video that are followed. Only a file that is valid UTF-8 gets here.
const MAX_BOXES: usize = 4096;

/// How often a file may have been decoded and encoded again.
const MAX_ENCODINGS: usize = 3;

/// Windows-1252 from 0x80 to 0x9F (WHATWG Encoding Standard); the rest is Latin-1.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// How a file was damaged before it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The bytes were decoded as text: invalid sequences were replaced, or the characters were encoded again.
    #[error(
        "the file was damaged in transit: a program decoded its bytes as text; send the raw bytes, not a string"
    )]
    DecodedAsText,
    /// The content is a word that JavaScript or Python writes for a value other than a file.
    #[error(
        "the content is a placeholder such as null or [object Object], not a file; send the file's bytes"
    )]
    Placeholder,
}

/// Counts of a file that is valid UTF-8.
#[derive(Default)]
struct Utf8 {
    bytes: usize,
    /// Characters beyond ASCII.
    others: usize,
    /// Those of them that replace invalid sequences.
    replacements: usize,
    question_marks: usize,
}

impl Utf8 {
    /// Returns whether a file of at least `min_bytes` is ASCII, and of `most` bytes one is a question
    /// mark. Half of the bytes of a compressed file are beyond ASCII.
    fn has_question_marks(&self, min_bytes: usize, most: usize) -> bool {
        self.others == 0 && self.bytes >= min_bytes && self.question_marks >= self.bytes / most
    }
}

/// Returns how a file that satisfies the rule of its type is damaged.
pub(crate) fn of_proven<C: Content + ?Sized>(file_type: FileType, content: &C) -> Option<Damage> {
    if file_type.family() == Family::Text {
        return is_placeholder(content).then_some(Damage::Placeholder);
    }
    let utf8 = utf8(content)?;
    // Question marks change no length. A dark bitmap may consist of them.
    let has_question_marks = utf8.has_question_marks(1024, 16);
    let is_decoded = file_type == FileType::Mp4 && has_question_marks
        || (utf8.others > 0 || has_question_marks) && !has_declared_length(file_type, content);
    is_decoded.then_some(Damage::DecodedAsText)
}

/// Returns how a file that satisfies no rule, or not that of its declared type, is damaged.
pub(crate) fn of_rejected<C: Content + ?Sized>(
    declared: Option<FileType>,
    content: &C,
) -> Option<Damage> {
    if declared.is_some_and(|declared| declared.family() == Family::Text) {
        return None;
    }
    let utf8 = utf8(content)?;
    let is_decoded = utf8.replacements > 0
        || utf8.has_question_marks(64, 64)
        || (utf8.others > 0 && was_latin1(content));
    // Text may be declared to be an image by mistake.
    let is_decoded = is_decoded && sniff::prove(FileType::Txt, content).is_err();
    is_decoded.then_some(Damage::DecodedAsText)
}

/// Reads a file that is valid UTF-8; only its last character may be incomplete. `None` at the first
/// byte that is not, which in other files is one of the first.
fn utf8<C: Content + ?Sized>(content: &C) -> Option<Utf8> {
    let mut found = Utf8::default();
    let mut window = [0; WINDOW_BYTES];
    let mut offset = 0;
    loop {
        let count = content.read_at(offset, &mut window);
        let text = match std::str::from_utf8(&window[..count]) {
            Ok(text) => text,
            Err(error) if error.error_len().is_some() => return None,
            Err(error) => std::str::from_utf8(&window[..error.valid_up_to()]).ok()?,
        };
        found.bytes += text.len();
        found.question_marks += memchr::memchr_iter(b'?', text.as_bytes()).count();
        if !text.is_ascii() {
            let others = text.chars().filter(|character| !character.is_ascii());
            for character in others {
                found.others += 1;
                found.replacements += usize::from(character == char::REPLACEMENT_CHARACTER);
            }
        }
        if text.is_empty() {
            return Some(found);
        }
        offset += text.len();
    }
}

/// Returns whether bytes that were taken for characters of Latin-1 or Windows-1252 are a file of a
/// known format.
fn was_latin1<C: Content + ?Sized>(content: &C) -> bool {
    let mut bytes = vec![0; content.len()];
    let count = content.read_at(0, &mut bytes);
    bytes.truncate(count);
    for _ in 0..MAX_ENCODINGS {
        let Some(decoded) = std::str::from_utf8(&bytes).ok().and_then(latin1_bytes) else {
            return false;
        };
        match sniff::name(&decoded[..]) {
            Found::Format { media_type, .. } if !media_type.starts_with("text/") => return true,
            Found::Damaged { .. } => return true,
            _ => bytes = decoded,
        }
    }
    false
}

/// Returns the bytes that a text of Latin-1 or Windows-1252 was made of.
fn latin1_bytes(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| {
            let windows = || WINDOWS_1252.chars().position(|known| known == character);
            u8::try_from(character)
                .ok()
                .or_else(|| u8::try_from(0x80 + windows()?).ok())
        })
        .collect()
}

/// Returns whether the declared length of a bitmap or a video is correct.
fn has_declared_length<C: Content + ?Sized>(file_type: FileType, content: &C) -> bool {
    match file_type {
        FileType::Bmp => {
            read_u32(content, 2, u32::from_le_bytes) == Some(content.len())
                || bitmap_length(content) == Some(content.len())
        }
        FileType::Mp4 => boxes_end(content),
        _ => false,
    }
}

fn read_u32<C: Content + ?Sized>(
    content: &C,
    offset: usize,
    number: fn([u8; 4]) -> u32,
) -> Option<usize> {
    let mut bytes = [0; 4];
    let is_there = content.read_at(offset, &mut bytes) == bytes.len();
    usize::try_from(number(bytes)).ok().filter(|_| is_there)
}

/// Returns the length of an uncompressed bitmap by its dimensions.
fn bitmap_length<C: Content + ?Sized>(content: &C) -> Option<usize> {
    let number = |offset| read_u32(content, offset, u32::from_le_bytes);
    let (pixels, width, height) = (number(10)?, number(18)?, number(22)?);
    // A negative height means that the first row is the top one.
    let height = height.min(height.wrapping_neg() & 0xFFFF_FFFF);
    let depth = number(28)? & 0xFFFF;
    let row = width.checked_mul(depth)?.div_ceil(32).checked_mul(4)?;
    row.checked_mul(height)?.checked_add(pixels)
}

/// Returns whether the outermost boxes of a video, each with a declared length, fill the file.
fn boxes_end<C: Content + ?Sized>(content: &C) -> bool {
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let Some(length) = read_u32(content, at, u32::from_be_bytes).filter(|&length| length >= 8)
        else {
            return false;
        };
        at += length;
        if at >= content.len() {
            return at == content.len();
        }
    }
    false
}

/// Returns whether a text is only a placeholder that programs write for a missing file. Fewer words
/// count than for Base64, because a text file may well consist of `true`.
fn is_placeholder<C: Content + ?Sized>(content: &C) -> bool {
    const LONGEST: usize = 40;
    const WORDS: [&[u8]; 3] = [b"undefined", b"null", b"None"];
    let mut bytes = [0; LONGEST];
    if content.len() > LONGEST {
        return false;
    }
    let count = content.read_at(0, &mut bytes);
    let text = &bytes[..count];
    // "[object Object]", "[object File]", "[object Promise]" of JavaScript.
    WORDS.contains(&text) || (text.starts_with(b"[object ") && text.ends_with(b"]"))
}
