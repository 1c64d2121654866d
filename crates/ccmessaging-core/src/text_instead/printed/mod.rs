//! Recognises files whose bytes a program wrote as text.
//!
//! The search reads a few bytes from each place in the beginning of a text, in each [`Notation`]. If a file of a
//! known format begins with these bytes, and the notation continues through most of the text, the text is
//! a printed file. So the search need not know what programs write around the bytes, such as brackets, names of
//! types and fields.

mod notation;

use notation::{NOTATIONS, Reader};

use crate::content::without_mark;
use crate::sniff::beginning::{begins_file, may_begin_file};
use crate::text_instead::encoded::is_encoded_file;

pub(crate) use notation::Notation;

/// The number of bytes that are searched for the first byte of a file.
const SEARCHED_BYTES: usize = 1024;

/// The smallest file that is recognised: shorter texts may only mention its signature, or contain other numbers.
const MIN_BYTES: usize = 16;

/// The maximum length in the text of the first [`MIN_BYTES`].
const MAX_FIRST_TEXT_BYTES: usize = 1024;

/// The maximum number of bytes that are read of the file: three of the longest MP3 frames.
const HEAD_BYTES: usize = 6 * 1024;

/// Their maximum length in the text.
const MAX_HEAD_TEXT_BYTES: usize = 12 * HEAD_BYTES;

/// The maximum number of places that are examined beyond the first bytes. This bounds the work for hostile texts.
const MAX_CANDIDATES: u8 = 16;

/// Returns whether a text consists of the bytes of an image, a recording, a video or another binary file, such as
/// Base64, a list of numbers or a string with escapes; of the Base64 of a text; or of what `JSON.stringify` makes of the
/// array of a text's bytes. Reads a few KiB of any other text.
pub(super) fn is_printed_file(text: &[u8]) -> bool {
    find(text).is_some() || is_byte_array(text) || is_encoded_file(&text)
}

/// Returns the notation of a printed file.
pub(crate) fn find(text: &[u8]) -> Option<Notation> {
    let text = without_mark(text);
    let starts = 0..text.len().min(SEARCHED_BYTES);
    let mut places = starts.flat_map(|start| NOTATIONS.map(|notation| (notation, start)));
    let mut candidates = MAX_CANDIDATES;
    let found = places.find(|&(notation, start)| {
        notation.may_begin(text, start)
            && (!notation.is_usual_in_texts() || may_precede_file(&text[..start]))
            && is_file_at(text, start, notation, &mut candidates)
    });
    found.map(|(notation, _)| notation)
}

/// Returns whether a program may have written this before the bytes of a file. Lines, and tags of markup, belong to a
/// text that contains a file: a vCard, an e-mail, a log, a page.
fn may_precede_file(before: &[u8]) -> bool {
    let is_line = || !before.contains(&b'\n');
    let is_markup = |byte: &u8| byte.is_ascii_alphabetic() || b"!?".contains(byte);
    match before {
        [b'<', next, ..] if is_markup(next) => false,
        // An object in several lines; PEM and its relatives.
        [b'{' | b'[' | b'(', ..] => true,
        _ => is_line() || before.starts_with(b"-----"),
    }
}

/// Returns whether so much of a text is most of it.
fn is_most_of(bytes: usize, text: &[u8]) -> bool {
    bytes >= text.len() / 3 * 2
}

fn is_file_at(text: &[u8], start: usize, notation: Notation, candidates: &mut u8) -> bool {
    let rest = &text[start..];
    let mut reader = Reader::new(notation, &rest[..rest.len().min(MAX_FIRST_TEXT_BYTES)]);
    let mut first = [0; MIN_BYTES];
    for count in 0..MIN_BYTES {
        let Some(byte) = reader.next() else {
            return false;
        };
        first[count] = byte;
        // Nearly all places are ruled out here.
        if !may_begin_file(&first[..=count]) {
            return false;
        }
    }
    if *candidates == 0 {
        return false;
    }
    *candidates -= 1;
    let head_text = &rest[..rest.len().min(MAX_HEAD_TEXT_BYTES)];
    let head: Vec<u8> = Reader::new(notation, head_text).take(HEAD_BYTES).collect();
    begins_file(&head) && Reader::new(notation, rest).covers_most_of(text)
}

/// Returns whether a text is what `JSON.stringify` makes of a `Uint8Array` that contains a text:
/// `{"0":72,"1":101}`. An object of other numbers may be a table.
fn is_byte_array(text: &[u8]) -> bool {
    // Nearly all texts are ruled out here.
    let members = text.trim_ascii().strip_prefix(b"{");
    let members = members.and_then(|it| std::str::from_utf8(it.strip_suffix(b"}")?).ok());
    let bytes = members.and_then(|members| {
        let members = members.split(',').enumerate();
        let bytes = members.map(|(index, member)| {
            let (key, byte) = member.split_once(':')?;
            let is_index = key.trim().trim_matches('"').parse() == Ok(index);
            byte.trim().parse::<u8>().ok().filter(|_| is_index)
        });
        bytes.collect::<Option<Vec<u8>>>()
    });
    bytes.is_some_and(|bytes| {
        let is_control = |byte: &u8| byte.is_ascii_control() && !b"\t\r\n".contains(byte);
        bytes.len() >= MIN_BYTES
            && std::str::from_utf8(&bytes).is_ok()
            && !bytes.iter().any(is_control)
    })
}
