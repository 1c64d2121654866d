//! Recognises files whose line breaks were converted or removed, as a terminal, FTP in ASCII mode and `curl -d` do.

use super::recoded::SAMPLE_BYTES;
use crate::content::Content;

const WINDOW_BYTES: usize = 4 * 1024;

/// How a PNG begins whose line breaks were converted or removed. The intact signature contains them for this
/// purpose (ISO/IEC 15948 section 5.2).
const DAMAGED_PNG: [&[u8]; 4] = [
    b"\x89PNG\n\x1A\n",
    b"\x89PNG\r\r\n\x1A",
    b"\x89PNG\r\x1A\r",
    b"\x89PNG\x1A",
];

/// How many different bytes must follow LF until the absence of a lone LF has a meaning. In text that a file
/// contains, only letters and few other bytes follow.
const MIN_FOLLOWERS: usize = 12;

/// How many of them must be control characters other than tab and line breaks.
const MIN_CONTROLS: usize = 2;

/// Returns whether content begins like a PNG whose line breaks were converted or removed. The rest may be so
/// short that it is a text.
pub(super) fn is_damaged_png<C: Content + ?Sized>(content: &C) -> bool {
    let mut start = [0; 8];
    let count = content.read_at(0, &mut start);
    DAMAGED_PNG
        .iter()
        .any(|damaged| start[..count].starts_with(damaged))
}

/// Returns whether each LF in the middle of a file follows CR, unlike the LFs of compressed data.
pub(super) fn are_all_crlf<C: Content + ?Sized>(content: &C) -> bool {
    let mut is_follower = [false; 256];
    let mut window = [0; WINDOW_BYTES];
    // The first byte has no predecessor.
    let (mut before, mut last) = (b'\r', b'\r');
    let length = content.len().min(SAMPLE_BYTES);
    let start = (content.len() - length) / 2;
    for at in (start..start + length).step_by(WINDOW_BYTES) {
        let count = content.read_at(at, &mut window);
        for &byte in &window[..count] {
            if last == b'\n' {
                if before != b'\r' {
                    return false;
                }
                is_follower[usize::from(byte)] = true;
            }
            (before, last) = (last, byte);
        }
    }
    let followers = || (0..=u8::MAX).filter(|&byte| is_follower[usize::from(byte)]);
    let controls = followers().filter(|byte| byte.is_ascii_control() && !(9..=13).contains(byte));
    followers().count() >= MIN_FOLLOWERS && controls.count() >= MIN_CONTROLS
}
