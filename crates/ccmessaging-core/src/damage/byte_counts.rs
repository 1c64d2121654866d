//! Counts the bytes of a file that may have been decoded as text.

use crate::content::Content;

/// Bytes that are read at once: whole groups of Base64.
const WINDOW_BYTES: usize = 3 * 1024;

/// How many bytes beyond ASCII a file that is not UTF-8 may begin with until it counts as intact.
const MIN_NON_ASCII: usize = 16;

/// The share of bytes that is small: one in so many.
const SMALL_SHARE: usize = 64;

/// How many replacement characters are too many for a text without other characters beyond ASCII.
const MIN_REPLACEMENTS: usize = 3;

/// The bytes of a file that is valid UTF-8, or has few bytes beyond ASCII.
pub(super) struct ByteCounts {
    counts: [usize; 256],
    is_valid_utf8: bool,
    /// Characters that replace invalid sequences.
    replacements: usize,
}

impl ByteCounts {
    /// Counts the bytes of a file. Returns `None` as soon as they prove that it is intact: it is not UTF-8,
    /// and has too many bytes beyond ASCII. In most files, this is within the first window.
    pub(super) fn count(content: &dyn Content) -> Option<Self> {
        let mut counts = Self {
            counts: [0; 256],
            is_valid_utf8: true,
            replacements: 0,
        };
        let mut window = [0; WINDOW_BYTES];
        let mut offset = 0;
        loop {
            let count = content.read_at(offset, &mut window);
            let mut bytes = &window[..count];
            if counts.is_valid_utf8 {
                match characters(bytes) {
                    Some((length, replacements)) => {
                        // The last character may continue in the next window.
                        bytes = &bytes[..length];
                        counts.replacements += replacements;
                    }
                    None => counts.is_valid_utf8 = false,
                }
            }
            if bytes.is_empty() {
                return Some(counts);
            }
            for &byte in bytes {
                counts.counts[usize::from(byte)] += 1;
            }
            let most = MIN_NON_ASCII + counts.bytes() / SMALL_SHARE;
            if !counts.is_valid_utf8 && counts.non_ascii() > most {
                return None;
            }
            offset += bytes.len();
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.counts.iter().sum()
    }

    fn non_ascii(&self) -> usize {
        self.counts[128..].iter().sum()
    }

    pub(super) fn of(&self, byte: u8) -> usize {
        self.counts[usize::from(byte)]
    }

    /// Returns whether no byte is beyond ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        self.non_ascii() == 0
    }

    /// Returns whether the file is UTF-8, and not only ASCII.
    pub(super) fn is_utf8(&self) -> bool {
        self.is_valid_utf8 && !self.is_ascii()
    }

    /// Returns the number of characters beyond ASCII: one byte of each begins it.
    pub(super) fn characters(&self) -> usize {
        self.counts[0xC0..].iter().sum()
    }

    /// Returns the number of letters and digits in ASCII.
    pub(super) fn letters_and_digits(&self) -> usize {
        let all = (0..=u8::MAX).filter(u8::is_ascii_alphanumeric);
        all.map(|byte| self.of(byte)).sum()
    }

    /// Returns whether at least this many of the 256 bytes occur.
    pub(super) fn has_distinct(&self, min: usize) -> bool {
        self.counts.iter().filter(|&&count| count > 0).count() >= min
    }

    /// Returns whether question marks replace bytes beyond ASCII: they are more than a small share, unlike
    /// those bytes and unlike the question mark's neighbours in ASCII.
    pub(super) fn has_question_marks(&self) -> bool {
        let share = self.bytes() / SMALL_SHARE;
        let question_marks = self.of(b'?');
        question_marks >= share.max(1)
            && self.non_ascii() <= share
            && question_marks > 2 * (self.of(b'>') + self.of(b'@'))
    }

    /// Returns whether the file is UTF-8 with a replacement character.
    pub(super) fn has_replacement(&self) -> bool {
        self.is_valid_utf8 && self.replacements > 0
    }

    /// Returns whether the file is UTF-8, and replacement characters are more than a small share.
    pub(super) fn has_replacements(&self) -> bool {
        self.has_replacement() && self.replacements >= self.bytes() / SMALL_SHARE
    }

    /// Returns whether the file is UTF-8, and most characters beyond ASCII were replaced, as in a text of
    /// another encoding that was decoded as UTF-8. A few replacement characters are legitimate.
    pub(super) fn has_lost_characters(&self) -> bool {
        self.has_replacements()
            && self.replacements >= MIN_REPLACEMENTS
            && 2 * self.replacements > self.characters()
    }
}

/// Returns the length of the complete characters of a text, and how many of them replace others; `None` if
/// it is not UTF-8.
fn characters(text: &[u8]) -> Option<(usize, usize)> {
    let valid = match std::str::from_utf8(text) {
        Ok(valid) => valid,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&text[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let replacements = valid.matches(char::REPLACEMENT_CHARACTER).count();
    Some((valid.len(), replacements))
}
