//! The escaped slashes that PHP's `json_encode` writes: Base64 from it has one in 64 characters.
//!
//! So many, at places without order, make every branch on them a wrong guess of the processor. The
//! text is therefore rewritten in blocks, of which most take the same steps: the block is copied
//! whole, then twice more from behind a backslash, whether it has any or not. Only the few blocks
//! with three or more take further ones.

use bytes::Bytes;
use wide::u8x64;

use crate::Chunks;

const BACKSLASH: u8 = b'\\';

/// As many bytes as a mask has bits.
const BLOCK: usize = u64::BITS as usize;

/// The most that is rewritten into one piece: no allocation is as large as the body, and what was
/// written is still cached when it is checked.
const PART: usize = 64 * 1024;

/// How many backslashes are removed from every block. One in twelve has more.
const EVERY_TIME: usize = 2;

/// What a block's copies reach: the last begins behind the block at most.
const WINDOW: usize = 2 * BLOCK;

/// The text with every `\/` made `/`: `None` if a backslash stands before anything else.
pub(super) fn without_escaped_slashes(text: &Chunks) -> Option<Chunks> {
    let parts = text.pieces().iter().flat_map(|piece| piece.chunks(PART));
    let mut unescaped = Chunks::default();
    // Whether the part before ended with a backslash.
    let mut is_escaped = false;
    for part in parts {
        if is_escaped && part.first() != Some(&b'/') {
            return None;
        }
        let piece;
        (piece, is_escaped) = unescape(part)?;
        unescaped.push(Bytes::from(piece));
    }
    (!is_escaped).then_some(unescaped)
}

/// The part without its backslashes, and whether it ends with one.
fn unescape(part: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut unescaped = vec![0; part.len() + WINDOW];
    let mut filled = 0;
    let mut rest = part;
    while let Some(window) = rest.first_chunk() {
        let room = unescaped[filled..].first_chunk_mut()?;
        filled += unescape_block(window, room)?;
        rest = &rest[BLOCK..];
    }
    unescaped.truncate(filled);
    while let [byte, after @ ..] = rest {
        match (*byte, after.first()) {
            (BACKSLASH, None) => return Some((unescaped, true)),
            (BACKSLASH, Some(b'/')) => {}
            (BACKSLASH, Some(_)) => return None,
            (byte, _) => unescaped.push(byte),
        }
        rest = after;
    }
    Some((unescaped, false))
}

/// Writes the first block of `window` without its backslashes; returns how many bytes that are.
/// What stands behind them in `room` then means nothing.
fn unescape_block(window: &[u8; WINDOW + 1], room: &mut [u8; WINDOW]) -> Option<usize> {
    let mut backslashes = bits_where(BACKSLASH, window.first_chunk()?);
    let slashes_behind = bits_where(b'/', window[1..].first_chunk()?);
    if backslashes & !slashes_behind != 0 {
        return None;
    }
    room[..BLOCK].copy_from_slice(&window[..BLOCK]);
    let mut removed = 0;
    let mut step = 0;
    while step < EVERY_TIME || backslashes != 0 {
        // The block's end, if there is none.
        let at = backslashes.trailing_zeros() as usize;
        room[at - removed..][..BLOCK].copy_from_slice(&window[at + 1..][..BLOCK]);
        removed += usize::from(backslashes != 0);
        backslashes &= backslashes.wrapping_sub(1);
        step += 1;
    }
    Some(BLOCK - removed)
}

/// Bit n is set where byte n is `byte`.
fn bits_where(byte: u8, block: &[u8; BLOCK]) -> u64 {
    u8x64::new(*block).simd_eq(u8x64::splat(byte)).to_bitmask()
}
