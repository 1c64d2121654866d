//! PNG, after the W3C's Portable Network Graphics specification (ISO/IEC 15948).

use super::window::bytes_at;
use crate::content::Content;

/// Section 5.2.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// The bytes around a chunk's data: length, type and CRC.
const CHUNK_OVERHEAD: usize = 12;

/// Returns whether the content is a PNG image (an APNG is one too).
///
/// The signature must be followed by an `IHDR` chunk whose values section 11.2.1 allows. Apple's
/// variant puts a `CgBI` chunk before it.
pub(super) fn is_png(content: &dyn Content) -> bool {
    if bytes_at(content, 0) != Some(SIGNATURE) {
        return false;
    }
    let first = SIGNATURE.len();
    let header = match bytes_at::<8>(content, first) {
        Some([0, 0, 0, length, b'C', b'g', b'B', b'I']) => {
            first + usize::from(length) + CHUNK_OVERHEAD
        }
        _ => first,
    };
    bytes_at::<8>(content, header) == Some([0, 0, 0, 13, b'I', b'H', b'D', b'R'])
        && bytes_at(content, header + 8).is_some_and(is_valid_header)
}

/// Checks width, height, bit depth, colour type, compression, filter and interlace method.
fn is_valid_header(ihdr: [u8; 13]) -> bool {
    let [
        w0,
        w1,
        w2,
        w3,
        h0,
        h1,
        h2,
        h3,
        depth,
        colour,
        compression,
        filter,
        interlace,
    ] = ihdr;
    let is_dimension = |value: u32| (1..=0x7FFF_FFFF).contains(&value);
    is_dimension(u32::from_be_bytes([w0, w1, w2, w3]))
        && is_dimension(u32::from_be_bytes([h0, h1, h2, h3]))
        && matches!(
            (colour, depth),
            (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) | (2 | 4 | 6, 8 | 16)
        )
        && compression == 0
        && filter == 0
        && interlace <= 1
}
