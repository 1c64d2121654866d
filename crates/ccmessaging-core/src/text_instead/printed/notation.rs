//! The notations in which programs write bytes.

use super::is_most_of;

/// A notation in which programs write bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// Two hexadecimal digits per byte, or one between separators, with or without `0x`.
    Hexadecimal,
    /// Base64 (RFC 4648 sections 4 and 5).
    Base64,
    /// Base64 whose `+` a form decoder turned into spaces.
    SpacedBase64,
    /// Decimal numbers from -128 to 255.
    Numbers {
        /// The distance to the next number that is a byte: 2 if each one follows its index.
        step: usize,
    },
    /// Printable characters, and escapes of C, JSON, URLs and MIME.
    Escapes,
}

pub(super) const NOTATIONS: [Notation; 6] = [
    Notation::Hexadecimal,
    Notation::Base64,
    Notation::SpacedBase64,
    Notation::Numbers { step: 1 },
    Notation::Numbers { step: 2 },
    Notation::Escapes,
];

/// The most characters between two numbers: tags of XML, or types such as `int(255)`.
const MAX_BETWEEN_NUMBERS: usize = 24;

/// The maximum distance of the first escape from the beginning of a string. Signatures of formats have less text.
const MAX_BEFORE_ESCAPE: usize = 8;

/// The bytes with which an escape may begin. 0xC2 and 0xC3 begin the characters of Latin-1 in UTF-8.
const BEGINS_ESCAPE: [bool; 256] = {
    let mut begins = [false; 256];
    let mut bytes: &[u8] = b"\\%=\xC2\xC3";
    while let [byte, rest @ ..] = bytes {
        begins[*byte as usize] = true;
        bytes = rest;
    }
    begins
};

fn begins_escape(byte: u8) -> bool {
    BEGINS_ESCAPE[usize::from(byte)]
}

impl Notation {
    /// Returns whether texts contain files in this notation, with text before them.
    pub(super) const fn is_usual_in_texts(self) -> bool {
        matches!(self, Self::Base64 | Self::SpacedBase64)
    }

    /// Returns whether bytes may begin at this place in a text, and not within a number or a word.
    pub(super) fn may_begin(self, text: &[u8], start: usize) -> bool {
        let rest = &text[start..];
        let Some(&first) = rest.first() else {
            return false;
        };
        let follows = |is: fn(&u8) -> bool| start > 0 && is(&text[start - 1]);
        match self {
            Self::Hexadecimal => first.is_ascii_hexdigit() && !follows(u8::is_ascii_hexdigit),
            Self::Base64 | Self::SpacedBase64 => {
                let is_word =
                    |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
                (is_word(&first) || matches!(first, b'-' | b'_') || begins_escape(first))
                    && !follows(is_word)
            }
            Self::Numbers { .. } => {
                (first.is_ascii_digit() || first == b'-') && !follows(u8::is_ascii_digit)
            }
            Self::Escapes => {
                let beginning = rest.first_chunk::<MAX_BEFORE_ESCAPE>();
                // Without branches, because this is asked at each place.
                let has_escape = |bytes: &[u8; MAX_BEFORE_ESCAPE]| {
                    bytes
                        .iter()
                        .fold(false, |any, &byte| any | begins_escape(byte))
                };
                beginning.is_some_and(has_escape)
            }
        }
    }

    /// Returns the bits of a symbol of Base64.
    fn symbol(self, byte: u8) -> Option<u8> {
        Some(match (self, byte) {
            (_, b'A'..=b'Z') => byte - b'A',
            (_, b'a'..=b'z') => byte - b'a' + 26,
            (_, b'0'..=b'9') => byte - b'0' + 52,
            (_, b'+' | b'-') | (Self::SpacedBase64, b' ') => 62,
            (_, b'/' | b'_') => 63,
            _ => return None,
        })
    }
}

/// Reads bytes in a notation up to the first character that does not belong to it.
pub(super) struct Reader<'a> {
    notation: Notation,
    rest: &'a [u8],
    /// Bits of symbols that make no whole byte yet.
    bits: u32,
    bit_count: u32,
    /// The length of all escapes.
    escaped: usize,
    /// The length of all separators between symbols.
    separators: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(notation: Notation, text: &'a [u8]) -> Self {
        Self {
            notation,
            rest: text,
            bits: 0,
            bit_count: 0,
            escaped: 0,
            separators: 0,
        }
    }

    /// Reads to the end, and returns whether the bytes make up most of the text.
    pub(super) fn covers_most_of(mut self, text: &[u8]) -> bool {
        let all = self.rest.len();
        self.by_ref().for_each(drop);
        let read = all - self.rest.len();
        let is_most = is_most_of(read, text);
        match self.notation {
            // Any text consists of printable characters.
            Notation::Escapes => self.escaped >= text.len() / 2,
            // So do words of Base64's symbols, but they are short.
            Notation::Base64 | Notation::SpacedBase64 => is_most && self.separators <= read / 8,
            _ => is_most,
        }
    }

    fn hexadecimal(&mut self) -> Option<u8> {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        loop {
            let (number, length) = match *self.rest {
                [b'0', b'x' | b'X', ..] => (None, 2),
                [first, second, ..] if digit(first).is_some() && digit(second).is_some() => {
                    (Some(16 * digit(first)? + digit(second)?), 2)
                }
                [first, ..] if digit(first).is_some() => (digit(first), 1),
                // `\xFF`, `FFh` and `&HFF`, too.
                [byte, ..] if byte.is_ascii() && !byte.is_ascii_alphanumeric() => (None, 1),
                [b'x' | b'X' | b'h' | b'H', ..] => (None, 1),
                _ => return None,
            };
            self.rest = &self.rest[length..];
            if let Some(number) = number {
                return u8::try_from(number).ok();
            }
        }
    }

    fn symbols(&mut self) -> Option<u8> {
        while self.bit_count < 8 {
            // URLs and JSON escape some of the symbols.
            let (byte, length) = character(self.rest)?;
            if let Some(symbol) = self.notation.symbol(byte) {
                self.bits = self.bits << 6 | u32::from(symbol);
                self.bit_count += 6;
                if byte == b' ' {
                    self.separators += length;
                }
            } else if b" \t\r\n=\"',".contains(&byte) {
                self.separators += length;
            } else {
                return None;
            }
            self.rest = self.rest.get(length..)?;
        }
        self.bit_count -= 8;
        let [.., byte] = (self.bits >> self.bit_count).to_be_bytes();
        Some(byte)
    }

    fn number(&mut self) -> Option<u8> {
        let mut before = self.rest.iter().take(MAX_BETWEEN_NUMBERS + 1);
        let start = before.position(u8::is_ascii_digit)?;
        let (before, rest) = self.rest.split_at(start);
        let mut number: u32 = 0;
        let mut length = 0;
        for &byte in rest.iter().take_while(|byte| byte.is_ascii_digit()) {
            let digit = u32::from(byte - b'0');
            number = number.saturating_mul(10).saturating_add(digit);
            length += 1;
        }
        self.rest = &rest[length..];
        // Java's bytes are signed.
        let is_negative = before.ends_with(b"-") && number <= 128;
        u8::try_from(if is_negative {
            (256 - number) % 256
        } else {
            number
        })
        .ok()
    }

    fn escape(&mut self) -> Option<u8> {
        let (byte, length) = character(self.rest)?;
        // JSON does not escape DEL.
        let is_printable = matches!(byte, b' '..=0x7F | b'\t' | b'\r' | b'\n');
        if length > 1 {
            self.escaped += length;
        } else if !is_printable {
            return None;
        }
        self.rest = &self.rest[length..];
        Some(byte)
    }
}

impl Iterator for Reader<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        match self.notation {
            Notation::Hexadecimal => self.hexadecimal(),
            Notation::Base64 | Notation::SpacedBase64 => self.symbols(),
            Notation::Numbers { step } => {
                let byte = self.number();
                for _ in 1..step {
                    self.number();
                }
                byte
            }
            Notation::Escapes => self.escape(),
        }
    }
}

/// Returns the character at the beginning of a text and its length, which is more than 1 if it is escaped.
fn character(text: &[u8]) -> Option<(u8, usize)> {
    if let [byte, ..] = *text
        && byte.is_ascii_alphanumeric()
    {
        return Some((byte, 1));
    }
    // Soft line breaks are not part of the content (RFC 2045 section 6.7).
    let before = match text {
        [b'=', b'\n', ..] => 2,
        [b'=', b'\r', b'\n', ..] => 3,
        _ => 0,
    };
    let rest = &text[before..];
    let (byte, length) = escape(rest).or_else(|| Some((*rest.first()?, 1)))?;
    Some((byte, before + length))
}

fn escape(text: &[u8]) -> Option<(u8, usize)> {
    match *text {
        [b'\\', b'x', ref digits @ ..] => {
            number(digits, 16, 2).map(|(byte, length)| (byte, 2 + length))
        }
        [b'\\', b'u', b'0', b'0', ref digits @ ..] => {
            number(digits, 16, 2).map(|(byte, length)| (byte, 4 + length))
        }
        [b'\\', ref digits @ ..] if matches!(digits, [b'0'..=b'7', ..]) => {
            number(digits, 8, 3).map(|(byte, length)| (byte, 1 + length))
        }
        [b'\\', letter, ..] => {
            let byte = match letter {
                b'a' => 0x07,
                b'b' => 0x08,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 0x0B,
                b'f' => 0x0C,
                b'r' => b'\r',
                b'e' => 0x1B,
                other => other,
            };
            Some((byte, 2))
        }
        [b'%' | b'=', ref digits @ ..] => number(digits, 16, 2)
            .filter(|&(_, length)| length == 2)
            .map(|(byte, _)| (byte, 3)),
        // A character of Latin-1 in UTF-8.
        [high @ (0xC2 | 0xC3), low @ 0x80..=0xBF, ..] => Some((high << 6 | low & 0x3F, 2)),
        _ => None,
    }
}

/// Reads a number of at most `max_digits`, and returns it with its length.
fn number(text: &[u8], radix: u32, max_digits: usize) -> Option<(u8, usize)> {
    let digits = text.iter().take(max_digits);
    let digits = digits.map_while(|&byte| char::from(byte).to_digit(radix));
    let length = digits.clone().count();
    let number = digits.fold(0, |number, digit| number * radix + digit);
    let byte = u8::try_from(number).ok().filter(|_| length > 0)?;
    Some((byte, length))
}
