//! EBCDIC, which would pass for a legacy encoding: its letters are bytes that Windows-1252 and
//! others have letters for too.

/// The number of bytes that [`is_ebcdic`] reads.
pub(super) const EBCDIC_BYTES: usize = 512;

/// Shorter beginnings are too easily like EBCDIC by chance.
const LEAST: usize = 16;

/// Returns whether a text begins like one in EBCDIC with Latin letters, in any of its code pages
/// (IBM Character Data Representation Architecture, CDRA; 037, 273, 500, 1140 and others).
///
/// At least 7 of 8 bytes are letters, digits, separators, hyphens, slashes and line ends of EBCDIC,
/// 1 of 4 is a letter or a digit, 1 of 32 a separator, ASCII's blank and line feed do not occur, and
/// it is not UTF-8.
pub(in crate::sniff) fn is_ebcdic(head: &[u8]) -> bool {
    let head = head.get(..EBCDIC_BYTES).unwrap_or(head);
    if head.len() < LEAST || memchr::memchr2(b' ', b'\n', head).is_some() {
        return false;
    }
    let count = |is_one: fn(u8) -> bool| head.iter().filter(|&&byte| is_one(byte)).count();
    let alphanumeric = count(is_alphanumeric);
    let separators = count(is_separator);
    let others = count(|byte| matches!(byte, HYPHEN | SLASH | CR | LF | NEL));
    alphanumeric * 4 >= head.len()
        && separators * 32 >= head.len()
        && (alphanumeric + separators + others) * 8 >= head.len() * 7
        && !begins_as_utf8(head)
}

const CR: u8 = 0x0D;
const NEL: u8 = 0x15;
const LF: u8 = 0x25;
const HYPHEN: u8 = 0x60;
const SLASH: u8 = 0x61;

/// Returns whether a byte is a letter or digit: `a` to `z` in three pieces, `A` to `Z` likewise, and the digits.
fn is_alphanumeric(byte: u8) -> bool {
    matches!(
        byte,
        0x81..=0x89 | 0x91..=0x99 | 0xA2..=0xA9 | 0xC1..=0xC9 | 0xD1..=0xD9 | 0xE2..=0xE9 | 0xF0..=0xF9
    )
}

/// Blank, full stop, semicolon, comma and colon.
fn is_separator(byte: u8) -> bool {
    matches!(byte, 0x40 | 0x4B | 0x5E | 0x6B | 0x7A)
}

/// Returns whether bytes are UTF-8 up to a sequence that their end may cut off.
fn begins_as_utf8(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}
