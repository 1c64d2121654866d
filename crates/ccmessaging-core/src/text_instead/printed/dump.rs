//! Reads dumps, as `xxd` and `hexdump` print them: lines of an offset, bytes as numbers, and often the same
//! bytes as characters.

use std::ops::RangeInclusive;

use super::notation::{Notation, Reader};
use super::{HEAD_BYTES, MIN_BYTES, SEARCHED_BYTES, is_most_of};
use crate::sniff::beginning::{begins_file, may_begin_file};

/// The numbers of digits of an offset.
const OFFSET_DIGITS: RangeInclusive<usize> = 4..=16;

/// The most bytes that a line has.
const MAX_LINE_BYTES: usize = 64;

/// The notations of the bytes.
const NOTATIONS: [Notation; 3] = [
    Notation::Hexadecimal,
    Notation::Numbers { radix: 8, step: 1 },
    Notation::Numbers { radix: 10, step: 1 },
];

/// Returns whether a text is a dump of a file.
pub(super) fn is_dump(text: &[u8]) -> bool {
    NOTATIONS.iter().any(|&notation| is_dump_in(notation, text))
}

fn is_dump_in(notation: Notation, text: &[u8]) -> bool {
    let mut head = Vec::new();
    let mut previous = None;
    let mut dump_start = 0;
    let mut at = 0;
    while at < text.len() {
        let line = &text[at..];
        let line = &line[..memchr::memchr(b'\n', line).map_or(line.len(), |end| end + 1)];
        match (previous, split_offset(line)) {
            (None, Some((0, bytes))) => {
                dump_start = at;
                previous = Some((0, bytes));
            }
            (None, _) if at > SEARCHED_BYTES => return false,
            // The next offset says where the bytes of a line end, and its characters begin.
            (Some((start, bytes)), Some(next)) => {
                if next.0 <= start {
                    break;
                }
                if head.len() < HEAD_BYTES {
                    let count = (next.0 - start).min(MAX_LINE_BYTES);
                    head.extend(Reader::new(notation, bytes).take(count));
                    let first = head.get(..MIN_BYTES);
                    if first.is_some_and(|first| !is_file(first, may_begin_file)) {
                        return false;
                    }
                }
                previous = Some(next);
            }
            // A headline, or `*` for repeated lines.
            _ => {}
        }
        at += line.len();
    }
    is_most_of(at - dump_start, text) && head.len() >= MIN_BYTES && is_file(&head, begins_file)
}

/// Checks the bytes as they are, and as words of two bytes in little-endian order.
fn is_file(head: &[u8], check: fn(&[u8]) -> bool) -> bool {
    check(head) || {
        let (words, _) = head.as_chunks::<2>();
        let swapped: Vec<u8> = words.iter().flat_map(|&[low, high]| [high, low]).collect();
        check(&swapped)
    }
}

/// Splits a line into its offset and the rest.
fn split_offset(line: &[u8]) -> Option<(usize, &[u8])> {
    let line = line.trim_ascii_start();
    let digits = line
        .iter()
        .take(OFFSET_DIGITS.end() + 1)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let (offset, rest) = line.split_at(digits);
    let ends = matches!(rest.first(), Some(b':' | b' ' | b'\t'));
    let offset = std::str::from_utf8(offset)
        .ok()
        .filter(|_| ends && OFFSET_DIGITS.contains(&digits))?;
    Some((usize::from_str_radix(offset, 16).ok()?, rest))
}
