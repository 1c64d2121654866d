//! Recognises files whose bytes were decoded as characters of Latin-1 or Windows-1252 and encoded in UTF-8.

use crate::content::Content;
use crate::sniff::{self, Found};

/// How often a file may have been decoded and encoded again.
const MAX_ENCODINGS: usize = 3;

/// Windows-1252 from 0x80 to 0x9F (WHATWG Encoding Standard); the rest is Latin-1.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// Returns whether bytes that were taken for characters of Latin-1 or Windows-1252 are a file of a
/// known format.
pub(super) fn was_latin1(content: &dyn Content) -> bool {
    let mut bytes = vec![0; content.len()];
    let count = content.read_at(0, &mut bytes);
    bytes.truncate(count);
    for _ in 0..MAX_ENCODINGS {
        let text = std::str::from_utf8(&bytes).ok();
        let Some(decoded) = text.and_then(|text| text.chars().map(latin1_byte).collect()) else {
            return false;
        };
        match sniff::name(&decoded) {
            Found::Format { media_type, .. } if !media_type.starts_with("text/") => return true,
            Found::Damaged { .. } => return true,
            _ => bytes = decoded,
        }
    }
    false
}

/// Returns the byte that was decoded as a character of Latin-1 or Windows-1252.
pub(super) fn latin1_byte(character: char) -> Option<u8> {
    let windows = || WINDOWS_1252.chars().position(|known| known == character);
    u8::try_from(character)
        .ok()
        .or_else(|| u8::try_from(0x80 + windows()?).ok())
}
