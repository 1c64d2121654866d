//! Recognises compressed files that were decoded and encoded in a character set of two bytes per character.
//!
//! The result is text of this character set: each first byte of a character is followed by a second one, which
//! is never below 30 (hex). In compressed data, a fifth of the first bytes are followed by something else.

use super::pairs::Pairs;
use super::{MIN_CONTROLS, is_control};
use crate::content::Content;
use crate::damage::{SAMPLE_BYTES, WINDOW_BYTES};

struct CharacterSet {
    is_first: fn(u8) -> bool,
    is_second: fn(u8) -> bool,
}

const SETS: [CharacterSet; 2] = [
    // GB18030, of which GBK is a part; Big5, EUC-KR and EUC-JP consist of such pairs, too.
    CharacterSet {
        is_first: |byte| matches!(byte, 0x81..=0xFE),
        is_second: |byte| matches!(byte, 0x30..=0x39 | 0x40..=0x7E | 0x80..=0xFE),
    },
    // Shift-JIS. Katakana of one byte are between the first bytes.
    CharacterSet {
        is_first: |byte| matches!(byte, 0x81..=0x9F | 0xE0..=0xFC),
        is_second: |byte| matches!(byte, 0x40..=0x7E | 0x80..=0xFC),
    },
];

/// How many different characters of two bytes a file has at least.
const MIN_CHARACTERS: usize = 64;

/// Returns whether the beginning of a file consists of characters of such a set and of other bytes, among them
/// control characters.
pub(super) fn is_text(content: &dyn Content) -> bool {
    SETS.iter().any(|set| {
        count(content, set).is_some_and(|(characters, controls)| {
            characters >= MIN_CHARACTERS && controls >= MIN_CONTROLS
        })
    })
}

/// Counts the different characters of two bytes and the control characters; `None` if a character is malformed.
fn count(content: &dyn Content, set: &CharacterSet) -> Option<(usize, usize)> {
    let mut characters = Pairs::new();
    let mut controls = [false; 32];
    let mut window = [0; WINDOW_BYTES];
    let mut first = None;
    for at in (0..content.len().min(SAMPLE_BYTES)).step_by(WINDOW_BYTES) {
        let count = content.read_at(at, &mut window);
        for &byte in &window[..count] {
            first = match first {
                Some(first) if (set.is_second)(byte) => {
                    characters.add(first, byte);
                    None
                }
                Some(_) => return None,
                None => (set.is_first)(byte).then_some(byte),
            };
            if is_control(byte) {
                controls[usize::from(byte)] = true;
            }
        }
    }
    let controls = controls.iter().filter(|&&occurs| occurs).count();
    Some((characters.len(), controls))
}
