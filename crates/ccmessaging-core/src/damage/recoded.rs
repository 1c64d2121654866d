//! Recognises files that were decoded and encoded again in the same character set.
//!
//! Every byte that the character set does not define becomes a question mark or is dropped. All other bytes
//! stay, so that headers may remain valid. Two properties are left: the undefined bytes do not occur, although
//! in compressed data they are about as frequent as the bytes next to them; and in a character set of two
//! bytes per character, every first byte is followed by a second one.

use super::pairs::Pairs;
use super::{double_byte, huffman, line_breaks, png};
use crate::content::Content;
use crate::file_type::FileType;

/// Bytes that are read at once. In an intact file, the first window usually contains bytes of every set.
const WINDOW_BYTES: usize = 4 * 1024;

/// How much is examined at most, in the middle of the file, because metadata is at either end.
pub(super) const SAMPLE_BYTES: usize = 64 * 1024;

/// The bytes that character sets do not define. Most other sets either define all bytes or lack FF, with which
/// JPG, MP3 and AAC begin.
const UNDEFINED: [&[u8]; 11] = [
    // Windows-1250 to 1258 without 1256, which defines all.
    b"\x81\x83\x88\x90\x98",
    b"\x98",
    b"\x81\x8D\x8F\x90\x9D",
    b"\x81\x88\x8A\x8C\x8D\x8E\x8F\x90\x98\x9A\x9C\x9D\x9E\x9F\xAA\xD2\xFF",
    b"\x81\x8D\x8E\x8F\x90\x9D\x9E",
    b"\x81\x8A\x8C\x8D\x8E\x8F\x90\x9A\x9C\x9D\x9E\x9F\xCA\xD9\xDA\xDB\xDC\xDD\xDE\xDF\xFB\xFC\xFF",
    b"\x81\x83\x88\x8A\x8C\x90\x98\x9A\x9C\x9F\xA1\xA5",
    b"\x81\x8A\x8D\x8E\x8F\x90\x9A\x9D\x9E",
    // Windows-874 and TIS-620.
    b"\xDB\xDC\xDD\xDE\xFC\xFD\xFE\xFF",
    // Parts 7 and 8 of ISO 8859.
    b"\xFF",
    // Not a character set: Python and C on Windows read a line break of a text as LF.
    b"\r",
];

/// How often undefined bytes must be expected until their absence has a meaning. By chance, a byte that is
/// expected ten times is missing from one of 20,000 files, and [`expected`] goes by the rarer neighbour. In
/// 1,900 intact photos, recordings and films, it was 5 at most.
const MIN_EXPECTED: usize = 10;

/// The smallest set that counts in a bitmap. Pixels may lack a single value next to frequent ones.
const MIN_BITMAP_SET: usize = 5;

/// Returns whether a file of this type, which is not valid UTF-8, was decoded and encoded in one character set.
pub(super) fn is_recoded<C: Content + ?Sized>(file_type: FileType, content: &C) -> bool {
    let lacks = |min_set| lacks_set(content, min_set) >= Some(MIN_EXPECTED);
    match file_type {
        FileType::Txt | FileType::Csv => false,
        FileType::Bmp => lacks(MIN_BITMAP_SET),
        // Its checksums are better evidence than numbers, of which small images have too few.
        FileType::Png => {
            (lacks_set(content, 1).is_some() || double_byte::is_text(content, 16))
                && png::has_wrong_checksum(content)
        }
        _ => {
            lacks(1)
                || double_byte::is_text(content, 64)
                || line_breaks::are_all_crlf(content)
                || (file_type == FileType::Jpg && huffman::has_question_mark(content))
        }
    }
}

/// Returns how often the undefined bytes of a set that a sample lacks should occur in it; `None` if it lacks
/// no set of at least `min_set` bytes.
fn lacks_set<C: Content + ?Sized>(content: &C, min_set: usize) -> Option<usize> {
    let mut sets = UNDEFINED.to_vec();
    sets.retain(|set| set.len() >= min_set);
    let mut pairs = Pairs::new();
    let mut window = [0; WINDOW_BYTES];
    let length = content.len().min(SAMPLE_BYTES);
    let start = (content.len() - length) / 2;
    for at in (start..start + length).step_by(WINDOW_BYTES) {
        let count = content.read_at(at, &mut window);
        pairs.add_all(&window[..count]);
        sets.retain(|set| set.iter().all(|&byte| pairs.ending_in(byte) == 0));
        if sets.is_empty() {
            return None;
        }
    }
    sets.iter().map(|set| expected(&pairs, set)).max()
}

/// Returns how often the bytes of a set should occur: as often as the rarer neighbour outside of the set.
fn expected(pairs: &Pairs, set: &[u8]) -> usize {
    let of = |&byte: &u8| {
        let below = (0..byte).rev().find(|other| !set.contains(other));
        let above = (byte..=u8::MAX).find(|other| !set.contains(other));
        let neighbours = below.into_iter().chain(above);
        neighbours.map(|other| pairs.ending_in(other)).min()
    };
    set.iter().filter_map(of).sum()
}
