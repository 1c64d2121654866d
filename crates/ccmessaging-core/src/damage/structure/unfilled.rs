//! Recognises files whose space was allocated but never filled.
//!
//! A program that reads a stream once into a buffer of the full length sends the first few KiB and zeros. So does one
//! that reads a file while it is still downloaded.

use crate::content::Content;
use crate::damage::WINDOW_BYTES;

/// The fewest zeros that are not padding.
const MIN_ZEROS: usize = 16 * 1024;

/// Returns the offset from which the file has only zeros, if these are more than half of it.
pub(super) fn start(content: &dyn Content) -> Option<usize> {
    let start = zeros_at_end(content);
    let zeros = content.len() - start;
    (zeros >= MIN_ZEROS && zeros > start).then_some(start)
}

/// Returns the offset from which the file has only zeros. That is its length if the last byte is not zero.
pub(super) fn zeros_at_end(content: &dyn Content) -> usize {
    let mut window = [0; WINDOW_BYTES];
    let mut start = content.len();
    while start > 0 {
        let offset = start.saturating_sub(WINDOW_BYTES);
        let filled = &mut window[..start - offset];
        content.read_at(offset, filled);
        if let Some(last) = filled.iter().rposition(|&byte| byte != 0) {
            return offset + last + 1;
        }
        start = offset;
    }
    start
}
