//! The query of a URL: `name=value` pairs, percent-encoded (RFC 3986 section 2.1).

use std::fmt::Write as _;

use super::error::ChatError;

/// Decodes the pairs of a query. As in forms, `+` is a space, and empty pairs are skipped.
pub(super) fn decode(query: &str) -> Result<Vec<(String, String)>, ChatError> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode_text(name)?, decode_text(value)?))
        })
        .collect()
}

fn decode_text(text: &str) -> Result<String, ChatError> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next(), bytes.next()].map(|byte| byte.and_then(hex_digit));
                let [Some(high), Some(low)] = digits else {
                    return Err(ChatError::MalformedQuery);
                };
                high << 4 | low
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).map_err(|_| ChatError::MalformedQuery)
}

/// Decodes what is percent-encoded ASCII and leaves the rest as it is.
pub(super) fn decode_ascii(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|digits| {
            let [high, low] = [digits.as_bytes()[0], digits.as_bytes()[1]].map(hex_digit);
            Some(high? << 4 | low?)
        });
        if let Some(byte) = code.filter(u8::is_ascii) {
            decoded.push(char::from(byte));
            decoded.push_str(&part[2..]);
        } else {
            decoded.push('%');
            decoded.push_str(part);
        }
    }
    decoded
}

fn hex_digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// Encodes a value; only unreserved characters (RFC 3986 section 2.3) stay as they are.
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
