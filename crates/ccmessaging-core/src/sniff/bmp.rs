//! Windows and OS/2 bitmaps, after Microsoft's `BITMAPFILEHEADER` and `BITMAPINFOHEADER` family
//! and IBM's OS/2 Presentation Manager bitmap headers.

use super::window::{bytes_at, has_byte, u32_at};
use crate::content::Content;

/// `BITMAPFILEHEADER` and the smallest DIB header (`BITMAPCOREHEADER`).
const SMALLEST: usize = 14 + 12;

/// Returns whether the content is a bitmap file.
///
/// `BM` alone begins many texts ("BMI,weight"), so the headers must hold: a DIB header of a known
/// size, exactly one plane, a defined number of bits per pixel, and pixels that begin inside the
/// file. The file size field is ignored, since many writers leave it zero or wrong.
pub(super) fn is_bmp(content: &dyn Content) -> bool {
    let Some(header @ [b'B', b'M', ..]) = bytes_at::<26>(content, 0) else {
        return false;
    };
    let (Some(pixels), Some(dib_size)) = (u32_at(&header, 10), u32_at(&header, 14)) else {
        return false;
    };
    // BITMAPCOREHEADER has 16-bit dimensions, so that planes and depth come 4 bytes earlier.
    let Some([p0, p1, b0, b1]) = bytes_at(content, if dib_size == 12 { 22 } else { 26 }) else {
        return false;
    };
    is_dib_size(dib_size)
        && u16::from_le_bytes([p0, p1]) == 1
        && is_depth(u16::from_le_bytes([b0, b1]))
        && usize::try_from(pixels).is_ok_and(|at| SMALLEST <= at && has_byte(content, at))
}

/// 12 is `BITMAPCOREHEADER`; 16 to 64 are the lengths that OS/2 2.x allows, with
/// `BITMAPINFOHEADER` (40) and Adobe's 52 and 56 among them; 108 and 124 are the V4 and V5 headers.
fn is_dib_size(size: u32) -> bool {
    matches!(size, 12 | 16..=64 | 108 | 124)
}

/// 0 stands for "as the embedded JPEG or PNG says"; 2 and 64 are Windows CE's and GDI+'s.
fn is_depth(bits: u16) -> bool {
    matches!(bits, 0 | 1 | 2 | 4 | 8 | 16 | 24 | 32 | 64)
}
