//! Recognises UTF-16 and UTF-32 in which bytes that look like line breaks or zero bytes were inserted or removed.
//!
//! A program that converts the line breaks of ASCII inserts or removes single bytes. After the first one, each
//! character consists of halves of two others. The place itself shows that, in any language.

use crate::content::Content;
use crate::damage::WINDOW_BYTES;

const MARK_BYTES: usize = 2;

/// The byte order marks of UTF-16; the little-endian one begins that of UTF-32.
const LITTLE_ENDIAN: [u8; MARK_BYTES] = [0xFF, 0xFE];
const BIG_ENDIAN: [u8; MARK_BYTES] = [0xFE, 0xFF];

/// LF (`0A 00`) to which CR was added, and LF whose CR (`0D 00`) was removed, both in little-endian order. Unicode
/// assigns nothing to these code points.
const TORN: [u16; 2] = [0x0A0D, 0x0A00];

/// The shortest text that can lack zero bytes. By chance, both bytes of so many characters are rarely ASCII.
const MIN_ASCII_BYTES: usize = 34;

/// Returns whether bytes were inserted or removed in a text with a byte order mark.
pub(super) fn is_torn(content: &dyn Content) -> bool {
    let mark = mark(content);
    let to_unit: fn([u8; 2]) -> u16 = match mark {
        LITTLE_ENDIAN => u16::from_le_bytes,
        BIG_ENDIAN => u16::from_be_bytes,
        _ => return false,
    };
    let mut window = [0; WINDOW_BYTES];
    let mut previous: u16 = 0;
    for offset in (0..content.len()).step_by(WINDOW_BYTES) {
        let count = content.read_at(offset, &mut window);
        let (pairs, _) = window[..count].as_chunks();
        for &pair in pairs {
            let unit = to_unit(pair);
            let [high, _] = unit.to_be_bytes();
            // A list of all code points contains any, one after the other.
            let is_listed = previous.checked_add(1) == Some(unit);
            // In big-endian order, LF and the next byte become a code point of Gurmukhi or Gujarati. In little-endian
            // order, such a code point follows CR in intact texts whose line breaks are CR.
            let follows_cr = mark == BIG_ENDIAN && high == b'\n' && previous == u16::from(b'\r');
            if (follows_cr || TORN.contains(&unit)) && !is_listed {
                return true;
            }
            previous = unit;
        }
    }
    false
}

/// Returns whether ASCII follows a byte order mark.
pub(in crate::damage) fn lacks_zeros(content: &dyn Content) -> bool {
    let is_ascii = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let mut window = [0; WINDOW_BYTES];
    let mut offsets = (MARK_BYTES..content.len()).step_by(WINDOW_BYTES);
    content.len() >= MIN_ASCII_BYTES
        && matches!(mark(content), LITTLE_ENDIAN | BIG_ENDIAN)
        && offsets.all(|offset| {
            let count = content.read_at(offset, &mut window);
            window[..count].iter().all(is_ascii)
        })
}

fn mark(content: &dyn Content) -> [u8; MARK_BYTES] {
    let mut mark = [0; MARK_BYTES];
    content.read_at(0, &mut mark);
    mark
}
