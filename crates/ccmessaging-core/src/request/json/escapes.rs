//! The escaped slashes that PHP's `json_encode` writes: Base64 from it has one in 64 characters.

use crate::Chunks;

const BACKSLASH: u8 = b'\\';
const WORD: usize = size_of::<u64>();
const LOW_BITS: u64 = u64::from_ne_bytes([0x01; WORD]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; WORD]);
const BACKSLASHES: u64 = u64::from_ne_bytes([BACKSLASH; WORD]);

/// The text with every `\/` made `/`: `None` if a backslash stands before anything else.
pub(super) fn without_escaped_slashes(text: &Chunks) -> Option<Vec<u8>> {
    let mut unescaped = Vec::with_capacity(text.len());
    // Whether the piece before ended with a backslash.
    let mut is_escaped = false;
    for piece in text.pieces() {
        if is_escaped && piece.first() != Some(&b'/') {
            return None;
        }
        is_escaped = append(piece, &mut unescaped)?;
    }
    (!is_escaped).then_some(unescaped)
}

/// Appends a piece, word by word; whether it ends with a backslash.
fn append(piece: &[u8], unescaped: &mut Vec<u8>) -> Option<bool> {
    let mut rest = piece;
    while let Some(word) = rest.first_chunk::<WORD>() {
        unescaped.extend_from_slice(word);
        let Some(backslash) = first_backslash(*word) else {
            rest = &rest[WORD..];
            continue;
        };
        unescaped.truncate(unescaped.len() - (WORD - backslash));
        rest = &rest[backslash + 1..];
        match rest.first() {
            Some(b'/') => {}
            Some(_) => return None,
            None => return Some(true),
        }
    }
    while let [byte, after @ ..] = rest {
        rest = after;
        match (*byte, after.first()) {
            (BACKSLASH, None) => return Some(true),
            (BACKSLASH, Some(b'/')) => {}
            (BACKSLASH, Some(_)) => return None,
            (byte, _) => unescaped.push(byte),
        }
    }
    Some(false)
}

/// Where the first backslash of a word is. A byte is zero exactly if it alone borrows from its
/// high bit; of several such bytes the lowest is always a true one.
fn first_backslash(word: [u8; WORD]) -> Option<usize> {
    let zero_where_equal = u64::from_le_bytes(word) ^ BACKSLASHES;
    let zeros = zero_where_equal.wrapping_sub(LOW_BITS) & !zero_where_equal & HIGH_BITS;
    (zeros != 0).then(|| zeros.trailing_zeros() as usize / 8)
}
