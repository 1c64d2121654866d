//! BMP: its length, compared with those that the header declares and the pixels need, and the bytes that do not occur.
//!
//! Pixels may have any value: a picture of a few dark colours is ASCII, and one of a single colour may be UTF-8 or
//! consist of question marks. A file of the wrong length may also have been cut, or have data at its end. So either
//! alone proves nothing.

use super::byte_counts::ByteCounts;
use super::{Damage, read_u32, recoded};
use crate::content::Content;

/// How many of the 256 bytes a bitmap of more than a few colours has, header included.
const MIN_COLOURS: usize = 16;

/// The length of the smaller DIB header that has no such fields.
const CORE_HEADER_BYTES: usize = 12;

/// `BI_RGB`, `BI_BITFIELDS` and `BI_ALPHABITFIELDS`.
const UNCOMPRESSED: [usize; 3] = [0, 3, 6];

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

/// Returns how a bitmap was damaged.
pub(super) fn damage(content: &dyn Content) -> Option<Damage> {
    if is_decoded(content) || recoded::is_recoded_bitmap(content) {
        return Some(Damage::DecodedAsText);
    }
    let offset = first_fault(content)?;
    Some(Damage::BrokenStructure { offset })
}

/// The layout that a bitmap declares in its `BITMAPINFOHEADER`.
struct Layout {
    pixels: usize,
    /// A row's length in bytes.
    row: usize,
    /// Where the pixels end.
    end: usize,
}

impl Layout {
    fn read(content: &dyn Content) -> Option<Self> {
        let number = |offset| read_u32(content, offset, u32::from_le_bytes);
        if number(14)? == CORE_HEADER_BYTES {
            return None;
        }
        let (width, height) = (number(18)?, number(22)?);
        let row = width.checked_mul(number(28)? & 0xFFFF)?;
        let row = row.div_ceil(32).checked_mul(4)?;
        let length = if UNCOMPRESSED.contains(&number(30)?) {
            // A negative height means that the first row is the top one.
            row.checked_mul(height.min(height.wrapping_neg() & 0xFFFF_FFFF))?
        } else {
            number(PIXELS_LENGTH)?
        };
        let pixels = number(10)?;
        let end = pixels.checked_add(length)?;
        Some(Self { pixels, row, end })
    }
}

/// Returns whether a bitmap was decoded as text and encoded in UTF-8 or in a small character set.
fn is_decoded(content: &dyn Content) -> bool {
    let has_declared_length = read_u32(content, FILE_LENGTH, u32::from_le_bytes)
        == Some(content.len())
        || Layout::read(content).is_some_and(|layout| layout.end == content.len());
    let counts = ByteCounts::count(content);
    let is_text = counts.is_some_and(|counts| {
        let is_varied = counts.has_distinct(MIN_COLOURS);
        let has_question_marks = counts.has_question_marks();
        if has_declared_length {
            is_varied && (counts.has_replacement() || (counts.is_ascii() && has_question_marks))
        } else {
            counts.is_utf8() || has_question_marks || (counts.is_ascii() && is_varied)
        }
    });
    is_text || (!has_declared_length && recoded::has_substitutes(content))
}

/// Returns the offset of the pixels if bytes were removed or inserted.
fn first_fault(content: &dyn Content) -> Option<usize> {
    let layout = Layout::read(content)?;
    let declared = read_u32(content, FILE_LENGTH, u32::from_le_bytes)?;
    let length = content.len();
    if length == layout.end {
        return None;
    }
    if length == declared && contradicts(content, &layout) {
        return Some(PIXELS_LENGTH);
    }
    let is_damaged = if length < declared.min(layout.end) {
        has_removed(content, declared - length)
    } else {
        (layout.end..length).contains(&declared) && has_inserted_cr(content, length - declared)
    };
    is_damaged.then_some(layout.pixels)
}

/// Returns whether the pixels fill the file by their declared length, but not by width and height.
fn contradicts(content: &dyn Content, layout: &Layout) -> bool {
    let declared = read_u32(content, PIXELS_LENGTH, u32::from_le_bytes);
    let end = declared.and_then(|length| layout.pixels.checked_add(length));
    // Some programs declare a few bytes of padding, too.
    end == Some(content.len()) && layout.end.abs_diff(content.len()) >= layout.row
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
