//! Recognises texts whose bits were shifted: a client encoded pieces of a file in Base64, without padding, and joined
//! the results. Unless the length of a piece is divisible by 3, the rest of the file is shifted by two bits or more.
//! This makes control characters of Latin letters, but not of Chinese and similar ones.

use std::collections::BTreeSet;

use crate::content::Content;

/// How much is examined at the end and in the middle. It should be part of a single piece.
const SAMPLE_BYTES: usize = 64;

/// How many bytes at the beginning of a sample may belong to a character that begins before them.
const MAX_INCOMPLETE: usize = 3;

/// How many different characters beyond ASCII a sample has at least. A line of box-drawing characters has few.
const MIN_CHARACTERS: usize = 6;

/// By how many bits Base64 without padding shifts.
const SHIFTS: [u32; 3] = [2, 4, 6];

/// Returns whether the middle or the end of a text is valid UTF-8 only after its bits are shifted back.
pub(super) fn is_text(content: &dyn Content) -> bool {
    let end = content.len().saturating_sub(SAMPLE_BYTES);
    [end, end / 2].into_iter().any(|offset| {
        let mut sample = [0; SAMPLE_BYTES];
        let count = content.read_at(offset, &mut sample);
        let sample = &sample[..count];
        utf8(sample).is_none() && SHIFTS.iter().any(|&shift| is_shifted(sample, shift))
    })
}

fn is_shifted(sample: &[u8], shift: u32) -> bool {
    let pairs = sample.windows(2);
    let bytes = pairs.map(|pair| pair[0] << shift | pair[1] >> (8 - shift));
    utf8(&bytes.collect::<Vec<_>>()).is_some_and(|text| {
        let characters = text.chars().filter(|character| !character.is_ascii());
        characters.collect::<BTreeSet<_>>().len() >= MIN_CHARACTERS
    })
}

/// Returns text in UTF-8 without control characters. The first and the last character may be incomplete.
fn utf8(bytes: &[u8]) -> Option<&str> {
    let start = bytes.iter().take(MAX_INCOMPLETE);
    let start = start.take_while(|&&byte| matches!(byte, 0x80..=0xBF));
    let bytes = &bytes[start.count()..];
    let end = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return None,
    };
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    let is_control = |byte: u8| byte.is_ascii_control() && !b"\t\r\n".contains(&byte);
    (!text.bytes().any(is_control)).then_some(text)
}
