//! Distinguishes bitmaps that were decoded as text from those that are UTF-8 or ASCII by chance.

use super::byte_counts::ByteCounts;
use super::read_u32;
use crate::content::Content;

/// The length of the file header, which precedes the DIB header.
const FILE_HEADER_BYTES: usize = 14;

/// How many of the 256 bytes a bitmap of more than a few colours has, header included.
const MIN_COLOURS: usize = 16;

/// A colour of the palette: blue, green, red and a zero.
const PALETTE_COLOUR_BYTES: usize = 4;

/// The length of the smaller header that has no such fields.
const CORE_HEADER_BYTES: usize = 12;

/// `BI_RGB`, `BI_BITFIELDS` and `BI_ALPHABITFIELDS`.
const UNCOMPRESSED: [usize; 3] = [0, 3, 6];

/// The layout that a bitmap declares in its `BITMAPINFOHEADER`.
pub(super) struct Layout {
    header_end: usize,
    pixels: usize,
    height: usize,
    /// A pixel's length in bits.
    depth: usize,
    /// A row's length in bytes, without and with padding.
    row: usize,
    padded_row: usize,
    /// The length of the pixels, if they are compressed.
    compressed: Option<usize>,
}

impl Layout {
    pub(super) fn read(content: &dyn Content) -> Option<Self> {
        let number = |offset| read_u32(content, offset, u32::from_le_bytes);
        let header = number(14)?;
        if header == CORE_HEADER_BYTES {
            return None;
        }
        let (width, height) = (number(18)?, number(22)?);
        let depth = number(28)? & 0xFFFF;
        let bits = width.checked_mul(depth)?;
        Some(Self {
            header_end: header.checked_add(FILE_HEADER_BYTES)?,
            pixels: number(10)?,
            // A negative height means that the first row is the top one.
            height: height.min(height.wrapping_neg() & 0xFFFF_FFFF),
            depth,
            row: bits.div_ceil(8),
            padded_row: bits.div_ceil(32).checked_mul(4)?,
            compressed: match number(30)? {
                compression if UNCOMPRESSED.contains(&compression) => None,
                _ => number(34),
            },
        })
    }

    /// Returns the offset of the pixels.
    pub(super) const fn pixels(&self) -> usize {
        self.pixels
    }

    /// Returns the length of a row in bytes, with padding.
    pub(super) const fn padded_row(&self) -> usize {
        self.padded_row
    }

    /// Returns where the pixels end.
    pub(super) fn end(&self) -> Option<usize> {
        let uncompressed = || self.padded_row.checked_mul(self.height);
        let length = self.compressed.or_else(uncompressed)?;
        self.pixels.checked_add(length)
    }
}

/// Returns whether a bitmap was decoded as text. A picture of a few dark colours is ASCII, and one of a
/// single colour may be UTF-8 or consist of question marks, so either alone proves nothing.
pub(super) fn is_damaged(counts: &ByteCounts, content: &dyn Content) -> bool {
    let is_varied_ascii = counts.is_ascii() && counts.has_distinct(MIN_COLOURS);
    let is_certain = (is_varied_ascii && counts.has_question_marks())
        || (counts.is_ascii() && has_cleared_length(content))
        || (counts.is_utf8() && splits_a_pixel(content));
    let is_possible = is_varied_ascii || counts.is_utf8() || counts.has_question_marks();
    is_certain || (is_possible && !has_declared_length(content))
}

/// Returns whether the length in the header, or else that of the uncompressed pixels, is the file's.
pub(super) fn has_declared_length(content: &dyn Content) -> bool {
    let by_pixels = || Layout::read(content)?.end();
    read_u32(content, 2, u32::from_le_bytes) == Some(content.len())
        || by_pixels() == Some(content.len())
}

/// Returns whether the length in the header lacks nothing but the eighth bits of its bytes.
fn has_cleared_length(content: &dyn Content) -> bool {
    let declared = read_u32(content, 2, u32::from_le_bytes);
    declared != Some(content.len()) && declared == Some(content.len() & 0x7F7F_7F7F)
}

/// Returns whether a character of a file that is UTF-8 crosses the border of a colour, in the palette or
/// among pixels of whole bytes. Colours that are UTF-8 by chance consist of whole characters.
fn splits_a_pixel(content: &dyn Content) -> bool {
    let Some(layout) = Layout::read(content) else {
        return false;
    };
    let mut bytes = vec![0; content.len()];
    let count = content.read_at(0, &mut bytes);
    let colour_bytes = layout.depth / 8;
    let is_split = |(at, &byte): (usize, &u8)| {
        let length = match byte {
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0.. => 4,
            // ASCII, or not the first byte of a character.
            _ => return false,
        };
        if at < layout.header_end {
            return false;
        }
        if at < layout.pixels {
            let within = (at - layout.header_end) % PALETTE_COLOUR_BYTES;
            return within + length > PALETTE_COLOUR_BYTES;
        }
        let within_row = (at - layout.pixels) % layout.padded_row.max(1);
        // Of compressed and of small pixels, several may be a character.
        (3..=4).contains(&colour_bytes)
            && within_row < layout.row
            && within_row % colour_bytes + length > colour_bytes
    };
    bytes[..count].iter().enumerate().any(is_split)
}
