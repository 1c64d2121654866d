//! Recognises binary files that were decoded in one character set and encoded in the same or another one.
//!
//! In the same character set, every byte that it does not define becomes a question mark or is dropped. All other bytes
//! stay, so that headers may remain valid. Two properties are left: the undefined bytes do not occur, although
//! in compressed data they are about as frequent as the bytes next to them; and in a character set of two
//! bytes per character, every first byte is followed by a second one.
//!
//! In another character set, most bytes beyond ASCII become one and the same byte. CR or LF that programs removed or
//! converted do not occur either.

mod double_byte;
mod pairs;

use pairs::Pairs;

use super::{Damage, WINDOW_BYTES};
use crate::content::Content;
use crate::file_type::FileType;

/// The bytes that character sets do not define. Most other sets either define all bytes or lack FF, with which
/// MP3 and AAC begin.
const UNDEFINED: [&[u8]; 10] = [
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
];

/// What ISO 8859-1 does not define, but Windows-1252 mostly does. So many bytes are missing from small recordings by
/// chance.
const LATIN1_CONTROLS: &[u8] = b"\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8A\x8B\x8C\x8D\x8E\x8F\
      \x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9A\x9B\x9C\x9D\x9E\x9F";

/// Not character sets: programs convert CR to LF, or remove either.
const LINE_BREAKS: [&[u8]; 2] = [b"\r", b"\n"];

/// How many of the control characters other than NUL, tab and line breaks compressed data has at least. Text that
/// a file contains, such as the lyrics of a song in GBK, has none.
const MIN_CONTROLS: usize = 8;

/// The smallest set that counts in a bitmap. After a change of contrast, single values are missing next to
/// frequent ones.
const MIN_BITMAP_SET: usize = 5;

/// How many of the 256 bytes such a bitmap has at least. Drawings of fewer colours lack any bytes.
const MIN_BITMAP_BYTES: usize = 128;

/// What programs write for each character that a character set lacks: a question mark, the lower half of U+FFFD, and
/// SUB. Some bytes beyond ASCII may remain, because their characters occur in both sets.
const SUBSTITUTES: [u8; 3] = [b'?', 0xFD, 0x1A];

/// How often a substitute occurs for each time that the more frequent of its neighbours does.
const MIN_SURPLUS: usize = 8;

/// How many different bytes precede a substitute at least. In 15,000 intact photos, recordings and films, it was 24
/// at most with such a surplus, since a pattern that is repeated has few.
const MIN_PREDECESSORS: usize = 32;

/// Returns whether a byte is a control character that texts do not contain, and files do not repeat as padding.
const fn is_control(byte: u8) -> bool {
    matches!(byte, 1..=8 | 14..=31)
}

/// Returns how a recording or a film was damaged.
pub(super) fn damage(file_type: FileType, content: &dyn Content) -> Option<Damage> {
    let pairs = Pairs::in_middle(content);
    // Without FF, neither MP3 nor AAC would begin as they do.
    let may_lack = |set: &[u8]| file_type == FileType::Mp4 || !set.contains(&0xFF);
    let has_controls = pairs.has_controls();
    let lacks = |set: &&[u8]| has_controls && may_lack(set) && pairs.lacks(set);
    if LINE_BREAKS.iter().any(lacks) {
        return Some(Damage::LineBreaks);
    }
    let is_recoded = UNDEFINED.iter().any(lacks)
        || double_byte::is_text(content)
        || (has_controls && has_substitutes(content));
    is_recoded.then_some(Damage::DecodedAsText)
}

/// Returns whether question marks replace the bytes of a large set in a bitmap.
pub(super) fn is_recoded_bitmap(content: &dyn Content) -> bool {
    let pairs = Pairs::in_middle(content);
    let sets = UNDEFINED.iter().chain([&LATIN1_CONTROLS]);
    let mut large = sets.filter(|set| set.len() >= MIN_BITMAP_SET);
    pairs.has_question_marks()
        && pairs.distinct() >= MIN_BITMAP_BYTES
        && large.any(|set| pairs.lacks(set))
}

/// Returns whether most bytes beyond ASCII in the middle of a file became one and the same byte.
pub(super) fn has_substitutes(content: &dyn Content) -> bool {
    // In larger samples, all bytes have all others before them.
    let mut window = [0; WINDOW_BYTES];
    let start = content.len().saturating_sub(WINDOW_BYTES) / 2;
    let count = content.read_at(start, &mut window);
    let mut pairs = Pairs::new();
    pairs.add_all(&window[..count]);
    let mut counts = [0_usize; 256];
    for &byte in &window[..count] {
        counts[usize::from(byte)] += 1;
    }
    let of = |byte: u8| counts[usize::from(byte)];
    SUBSTITUTES.iter().any(|&byte| {
        of(byte) > MIN_SURPLUS * of(byte - 1).max(of(byte + 1))
            && pairs.ending_in(byte) >= MIN_PREDECESSORS
    })
}
