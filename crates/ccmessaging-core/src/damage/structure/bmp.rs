//! BMP: its length, compared with those that the header declares and the pixels need.
//!
//! Pixels may have any value. So a file of the wrong length is damaged only if its bytes show what a program removed
//! or inserted; it may also have been cut, or have data at its end.

use crate::content::Content;
use crate::damage::bitmap::Layout;
use crate::damage::read_u32;

/// Where the header declares the length of the file, and that of its pixels.
const FILE_LENGTH: usize = 2;
const PIXELS_LENGTH: usize = 34;

/// Bytes that are read at once: whole groups of Base64.
const WINDOW_BYTES: usize = 3 * 1024;

/// The values of a digit of Base64, which are counted after those of a byte.
const DIGIT: usize = 256;
const DIGITS: usize = 64;

/// What programs remove: the `+` of Base64, which has become a space, CR, or the bytes that Windows-1252 does
/// not define.
const REMOVED: [&[usize]; 3] = [
    &[DIGIT + 62],
    &[b'\r' as usize],
    &[0x81, 0x8D, 0x8F, 0x90, 0x9D],
];

/// How many bytes may be missing for each one that the neighbours of the removed ones suggest. More show that the file
/// was cut.
const MAX_SURPLUS: usize = 4;

/// Returns the offset of the pixels if bytes were removed or inserted.
pub(super) fn first_fault(content: &dyn Content) -> Option<usize> {
    let layout = Layout::read(content)?;
    let declared = read_u32(content, FILE_LENGTH, u32::from_le_bytes)?;
    let needed = layout.end()?;
    let length = content.len();
    if length == needed {
        return None;
    }
    if length == declared && contradicts(content, &layout, needed) {
        return Some(PIXELS_LENGTH);
    }
    let is_damaged = if length < declared.min(needed) {
        has_removed(content, declared - length)
    } else {
        (needed..length).contains(&declared) && has_inserted_cr(content, length - declared)
    };
    is_damaged.then_some(layout.pixels())
}

/// Returns whether the pixels fill the file by their declared length, but not by width and height.
fn contradicts(content: &dyn Content, layout: &Layout, needed: usize) -> bool {
    let declared = read_u32(content, PIXELS_LENGTH, u32::from_le_bytes);
    let end = declared.and_then(|length| layout.pixels().checked_add(length));
    // Some programs declare a few bytes of padding, too.
    end == Some(content.len()) && needed.abs_diff(content.len()) >= layout.padded_row()
}

/// Returns whether some bytes or digits do not occur, and their neighbours are frequent enough to explain how many
/// bytes are missing.
fn has_removed(content: &dyn Content, missing: usize) -> bool {
    let mut counts = [0_usize; DIGIT + DIGITS];
    let mut window = [0; WINDOW_BYTES];
    for at in (0..content.len()).step_by(WINDOW_BYTES) {
        let count = content.read_at(at, &mut window);
        let bytes = &window[..count];
        for &byte in bytes {
            counts[usize::from(byte)] += 1;
        }
        for group in bytes.chunks_exact(3) {
            let bits = group
                .iter()
                .fold(0, |bits, &byte| bits << 8 | usize::from(byte));
            for shift in [18, 12, 6, 0] {
                counts[DIGIT + (bits >> shift) % DIGITS] += 1;
            }
        }
        let occurs = |set: &&[usize]| set.iter().any(|&value| counts[value] > 0);
        if REMOVED.iter().all(occurs) {
            return false;
        }
    }
    REMOVED.iter().any(|set| {
        let expected = |&value: &usize| {
            let below = (0..value).rev().find(|other| !set.contains(other));
            let above = (value..counts.len()).find(|other| !set.contains(other));
            let neighbours = below.into_iter().chain(above);
            neighbours.map(|other| counts[other]).min()
        };
        let expected: usize = set.iter().filter_map(expected).sum();
        set.iter().all(|&value| counts[value] == 0)
            && expected > 0
            && expected.saturating_mul(MAX_SURPLUS) >= missing
    })
}

/// Returns whether there is a CR before each LF, and just as many bytes too many.
fn has_inserted_cr(content: &dyn Content, surplus: usize) -> bool {
    let mut window = [0; WINDOW_BYTES];
    let mut pairs = 0;
    let mut last = 0;
    for at in (0..content.len()).step_by(WINDOW_BYTES) {
        let count = content.read_at(at, &mut window);
        for &byte in &window[..count] {
            if byte == b'\n' {
                if last != b'\r' {
                    return false;
                }
                pairs += 1;
            }
            last = byte;
        }
    }
    pairs == surplus
}
