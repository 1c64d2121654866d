//! Recognises files whose line breaks or zero bytes were converted or removed, as a terminal, FTP in ASCII mode and
//! `curl -d` do.

use super::WINDOW_BYTES;
use crate::content::Content;

/// How a PNG begins whose line breaks were converted or removed. The intact signature contains them for this
/// purpose (ISO/IEC 15948 section 5.2).
const DAMAGED_PNG: [&[u8]; 4] = [
    b"\x89PNG\n\x1A\n",
    b"\x89PNG\r\r\n\x1A",
    b"\x89PNG\r\x1A\r",
    b"\x89PNG\x1A",
];

/// The smallest file in which the absence of line breaks and zero bytes has a meaning. By chance, it is one in
/// 10,000,000,000.
const MIN_STRIPPED_BYTES: usize = 2 * 1024;

/// Returns whether content begins like a PNG whose line breaks were converted or removed. The rest may be so
/// short that it is a text.
pub(super) fn is_damaged_png(content: &dyn Content) -> bool {
    let mut start = [0; 8];
    let count = content.read_at(0, &mut start);
    DAMAGED_PNG
        .iter()
        .any(|damaged| start[..count].starts_with(damaged))
}

/// Returns whether a binary file has neither line breaks nor zero bytes.
pub(super) fn are_stripped(content: &dyn Content) -> bool {
    let mut window = [0; WINDOW_BYTES];
    let mut offsets = (0..content.len()).step_by(WINDOW_BYTES);
    content.len() >= MIN_STRIPPED_BYTES
        && offsets.all(|offset| {
            let count = content.read_at(offset, &mut window);
            memchr::memchr3(b'\r', b'\n', 0, &window[..count]).is_none()
        })
}
