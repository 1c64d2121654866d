//! Detects files whose line breaks were converted or removed, as programs do with text: a terminal, FTP in ASCII
//! mode, a file that was opened as text on Windows, `curl -d`.

use crate::content::Content;
use crate::file_type::FileType;

/// How many bytes in the middle of a file are examined, and the smallest file that is.
const WINDOW_BYTES: usize = 64 * 1024;
const MIN_BYTES: usize = 16 * 1024;

/// How often every byte value other than the line breaks must occur in the window. Compressed data has each 64 to
/// 256 times on average, so an intact file does not lack one of the others by chance.
const LEAST_COUNT: u32 = 16;

const CARRIAGE_RETURN: u8 = b'\r';
const LINE_FEED: u8 = b'\n';

/// The signature of PNG, which contains line breaks for this purpose (ISO/IEC 15948 section 5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

/// The signature with converted or removed line breaks.
const SPOILT_PNG: [&[u8]; 4] = [
    b"\x89PNG\n\x1A\n",
    b"\x89PNG\r\r\n\x1A",
    b"\x89PNG\r\x1A\r",
    b"\x89PNG\x1A",
];

/// Returns whether content begins like a PNG whose line breaks were converted or removed. The rest may be so
/// short that it is a text.
pub(super) fn is_spoilt_png<C: Content + ?Sized>(content: &C) -> bool {
    let mut start = [0; PNG.len()];
    let count = content.read_at(0, &mut start);
    SPOILT_PNG
        .iter()
        .any(|spoilt| start[..count].starts_with(spoilt))
}

/// Returns whether a file of compressed data has lost its line feeds or carriage returns, or has every line feed
/// after a carriage return. Small files cannot be judged, nor can bitmaps, which may lack any value.
pub(super) fn are_lost<C: Content + ?Sized>(file_type: FileType, content: &C) -> bool {
    if !matches!(
        file_type,
        FileType::Jpg | FileType::Mp3 | FileType::Aac | FileType::Mp4
    ) || content.len() < MIN_BYTES
    {
        return false;
    }
    let mut window = vec![0; content.len().min(WINDOW_BYTES)];
    let count = content.read_at((content.len() - window.len()) / 2, &mut window);
    let window = &window[..count];
    let mut counts = [0_u32; 256];
    for &byte in window {
        counts[usize::from(byte)] += 1;
    }
    let [returns, feeds] = [CARRIAGE_RETURN, LINE_FEED].map(|it| counts[usize::from(it)]);
    let is_rich = (0..=u8::MAX)
        .filter(|byte| ![CARRIAGE_RETURN, LINE_FEED].contains(byte))
        .all(|byte| counts[usize::from(byte)] >= LEAST_COUNT);
    let are_pairs = || {
        let pairs = memchr::memmem::find_iter(window, b"\r\n").count();
        feeds >= LEAST_COUNT && usize::try_from(feeds).is_ok_and(|feeds| feeds <= pairs + 1)
    };
    is_rich && (returns == 0 || feeds == 0 || are_pairs())
}
