//! Turns every tolerated form of Base64 into the canonical one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{Base64Error, Base64Problem};

const PAD: u8 = b'=';

/// Which alphabet a text has shown itself to be in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Standard,
    UrlSafe,
}

/// Writes `text` in the canonical form.
///
/// `offset` is where `text` begins in what the caller sent; errors count from there.
pub(super) fn normalise(text: &[u8], offset: usize) -> Result<Vec<u8>, Base64Error> {
    let fail = |position: usize, problem| Base64Error::new(offset + position, problem);
    // At most two bytes of padding are added.
    let mut canonical = Vec::with_capacity(text.len() + 2);
    let mut alphabet = None;
    let mut first_pad = None;
    let mut pads = 0;
    let mut last_symbol = 0;
    for (position, &byte) in text.iter().enumerate() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        if byte == PAD {
            first_pad.get_or_insert(position);
            pads += 1;
            continue;
        }
        let (symbol, shown) = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => (byte, None),
            b'+' | b'/' => (byte, Some(Alphabet::Standard)),
            b'-' => (b'+', Some(Alphabet::UrlSafe)),
            b'_' => (b'/', Some(Alphabet::UrlSafe)),
            _ => return Err(fail(position, Base64Problem::InvalidByte(byte))),
        };
        if let Some(first_pad) = first_pad {
            return Err(fail(first_pad, Base64Problem::BadPadding));
        }
        if shown.is_some() && *alphabet.get_or_insert(shown) != shown {
            return Err(fail(position, Base64Problem::MixedAlphabets));
        }
        last_symbol = position;
        canonical.push(symbol);
    }

    let missing = match canonical.len() % 4 {
        1 => return Err(fail(last_symbol, Base64Problem::ImpossibleLength)),
        remainder => (4 - remainder) % 4,
    };
    if let Some(first_pad) = first_pad.filter(|_| pads != missing) {
        return Err(fail(first_pad, Base64Problem::BadPadding));
    }
    if has_trailing_bits(&canonical) {
        return Err(fail(last_symbol, Base64Problem::TrailingBits));
    }
    canonical.resize(canonical.len() + missing, PAD);
    Ok(canonical)
}

/// Whether the last symbol carries bits beyond the last whole byte (RFC 4648 section 3.5): of
/// standard symbols in a possible number, the decoder refuses nothing else.
fn has_trailing_bits(symbols: &[u8]) -> bool {
    let last_group = &symbols[symbols.len() / 4 * 4..];
    STANDARD_NO_PAD
        .decode_slice(last_group, &mut [0; 3])
        .is_err()
}
