//! Looks for markers in the data that is not decoded.

use crate::content::Content;
use crate::sniff::jpg::marker::{COM, DHT, DNL, DQT, DRI, EOI, RST0, RST7, SOF0, SOI, SOS, TEM};

/// Bytes that are read at once: whole groups of Base64.
const WINDOW_BYTES: usize = 12 * 1024;

/// Returns the offset of another picture within a scan, or of the first impossible marker if most are impossible.
///
/// In the data of a scan, a zero follows `FF` unless a marker begins (T.81 section B.1.1.5).
pub(super) fn first_fault(content: &dyn Content, start: usize) -> Option<usize> {
    let mut window = vec![0; WINDOW_BYTES];
    // Where the data continues after a segment between two scans.
    let mut resume = start;
    let (mut zeros, mut impossible, mut first) = (0, 0, None);
    // Windows overlap, because the last byte is examined with the next one.
    'file: for offset in (start..content.len()).step_by(WINDOW_BYTES - 1) {
        let count = content.read_at(offset, &mut window);
        let pairs = window[..count].windows(2);
        for at in memchr::memchr_iter(0xFF, &window[..pairs.len()]) {
            let marker = offset + at;
            if marker < resume {
                continue;
            }
            match window[at + 1] {
                0 => zeros += 1,
                SOI => return Some(marker),
                EOI => break 'file,
                DHT | SOS | DQT | DNL | DRI | 0xE0..=0xEF | COM => {
                    let mut length = [0; 2];
                    content.read_at(marker + 2, &mut length);
                    resume = marker + 2 + usize::from(u16::from_be_bytes(length));
                }
                TEM | RST0..=RST7 => {}
                0x02..SOF0 => {
                    impossible += 1;
                    first = first.or(Some(marker));
                }
                _ => {}
            }
        }
    }
    first.filter(|_| impossible > zeros)
}
