//! Recognises files that were decoded and encoded again in the same character set.
//!
//! Every byte that the character set does not define becomes a question mark or is dropped. All other bytes
//! stay, so that headers may remain valid. Two properties are left: the undefined bytes do not occur, although
//! in compressed data they are about as frequent as the bytes next to them; and in a character set of two
//! bytes per character, every first byte is followed by a second one.

mod double_byte;
mod pairs;
mod substitutes;

pub(super) use substitutes::are_frequent as has_substitutes;

use pairs::Pairs;

use super::{Damage, SAMPLE_BYTES, WINDOW_BYTES, bitmap, is_control};
use crate::content::Content;
use crate::file_type::FileType;

/// The bytes that character sets do not define. Most other sets either define all bytes or lack FF, with which
/// MP3 and AAC begin.
const UNDEFINED: [&[u8]; 12] = [
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
    LINE_BREAKS[0],
    LINE_BREAKS[1],
];

/// Not character sets: programs convert CR to LF, or remove either.
const LINE_BREAKS: [&[u8]; 2] = [b"\r", b"\n"];

/// How often the undefined bytes must be expected in all until their absence has a meaning. By chance, a byte
/// that is expected 16 times is missing from one of nine million files, and [`Sample::expected`] goes by the rarer
/// neighbour. In 1,500 intact photos, recordings and films, it was 5 at most.
const MIN_EXPECTED: usize = 16;

/// How many different bytes precede each neighbour of a range that is absent.
const MIN_NEIGHBOURS: usize = 4;

/// How many of the control characters other than NUL, tab and line breaks compressed data has at least. Text that
/// a file contains, such as the lyrics of a song in GBK, has none.
const MIN_CONTROLS: usize = 8;

/// The smallest set that counts in a bitmap. After a change of contrast, single values are missing next to
/// frequent ones.
const MIN_BITMAP_SET: usize = 5;

/// Returns how a binary file of this type, which is not valid UTF-8, was damaged.
pub(super) fn damage(file_type: FileType, content: &dyn Content) -> Option<Damage> {
    // Their structure is better evidence.
    if matches!(file_type, FileType::Jpg | FileType::Png) {
        return None;
    }
    let sample = Sample::read(content);
    let missing = || sample.missing.iter();
    let is_expected = |set: &&&'static [u8]| sample.expected(set) >= MIN_EXPECTED;
    let is_recoded = if file_type == FileType::Bmp {
        let mut large = missing().filter(|set| set.len() >= MIN_BITMAP_SET);
        (large.any(|set| is_expected(&set)) && sample.has_question_marks())
            || sample.lacks_controls()
            || (substitutes::are_frequent(content) && !bitmap::has_declared_length(content))
    } else {
        let is_missing = |set: &&'static [u8]| sample.has_controls() && is_expected(&set);
        let lacks_line_breaks = LINE_BREAKS
            .iter()
            .any(|set| sample.missing.contains(set) && is_missing(set));
        if lacks_line_breaks {
            return Some(Damage::LineBreaks);
        }
        // Without FF, neither MP3 nor AAC would begin as they do.
        let may_lack = |set: &&&'static [u8]| file_type == FileType::Mp4 || !set.contains(&0xFF);
        missing().filter(may_lack).any(is_missing)
            || double_byte::is_text(content, MIN_CONTROLS)
            || sample.lacks_controls()
            || (sample.has_controls() && substitutes::are_frequent(content))
    };
    is_recoded.then_some(Damage::DecodedAsText)
}

/// The middle of a file, as far as it is needed.
struct Sample {
    pairs: Pairs,
    /// The sets of [`UNDEFINED`] of which no byte occurs.
    missing: Vec<&'static [u8]>,
}

impl Sample {
    fn read(content: &dyn Content) -> Self {
        let mut pairs = Pairs::new();
        let mut missing = UNDEFINED.to_vec();
        let mut window = [0; WINDOW_BYTES];
        // Metadata is at either end.
        let length = content.len().min(SAMPLE_BYTES);
        let start = (content.len() - length) / 2;
        // Windows overlap by one byte, so that no pair is missed.
        for at in (start..start + length).step_by(WINDOW_BYTES - 1) {
            let count = content.read_at(at, &mut window);
            pairs.add_all(&window[..count]);
            missing.retain(|set| set.iter().all(|&byte| pairs.ending_in(byte) == 0));
            if missing.is_empty() {
                break;
            }
        }
        Self { pairs, missing }
    }

    /// Returns how often the bytes of a set should occur: each as often as its rarer neighbour outside of the
    /// set.
    fn expected(&self, set: &[u8]) -> usize {
        let of = |&byte: &u8| {
            let below = (0..byte).rev().find(|other| !set.contains(other));
            let above = (byte..=u8::MAX).find(|other| !set.contains(other));
            let neighbours = below.into_iter().chain(above);
            neighbours.map(|other| self.pairs.ending_in(other)).min()
        };
        set.iter().filter_map(of).sum()
    }

    fn has_controls(&self) -> bool {
        let occurs = |&byte: &u8| self.pairs.ending_in(byte) > 0;
        let controls = (0..b' ').filter(|&byte| is_control(byte)).filter(occurs);
        controls.count() >= MIN_CONTROLS
    }

    /// Returns whether question marks replace the characters in which Windows-1252 and ISO 8859-1 differ.
    fn lacks_controls(&self) -> bool {
        let of = |byte| self.pairs.ending_in(byte);
        (0x80..=0x9F).all(|byte| of(byte) == 0)
            && of(0x7F).min(of(0xA0)) >= MIN_NEIGHBOURS
            && self.has_question_marks()
    }

    /// Returns whether question marks are more frequent than both neighbours together.
    fn has_question_marks(&self) -> bool {
        let of = |byte| self.pairs.ending_in(byte);
        of(b'?') > of(b'>') + of(b'@')
    }
}
