//! The text of an event's body, in the form in which the event holds it.

use bytes::{Bytes, BytesMut};

/// A string's text, perhaps with JSON's escapes still in it; its bytes are UTF-8.
#[derive(Default)]
pub(super) struct BodyText {
    text: Bytes,
    has_escapes: bool,
}

impl BodyText {
    /// The JSON string whose text begins at `start`, behind the opening quote, and where its
    /// closing quote is.
    ///
    /// `None` if it is none, or has an escape `\u`: JSON's parsers then know better.
    pub(super) fn in_json(json: &Bytes, start: usize) -> Option<(Self, usize)> {
        let mut has_escapes = false;
        let mut at = start;
        loop {
            let rest = json.get(at..)?;
            let run = memchr::memchr2(b'"', b'\\', rest)?;
            if !is_plain(&rest[..run]) {
                return None;
            }
            at += run;
            if json[at] == b'"' {
                let text = json.slice(start..at);
                return Some((Self { text, has_escapes }, at));
            }
            unescaped(*json.get(at + 1)?)?;
            has_escapes = true;
            at += 2;
        }
    }

    /// The text without escapes; copied only if there are any.
    pub(super) fn into_plain(self) -> Bytes {
        if !self.has_escapes {
            return self.text;
        }
        let mut plain = BytesMut::with_capacity(self.text.len());
        let mut rest = &self.text[..];
        while let Some(backslash) = memchr::memchr(b'\\', rest) {
            plain.extend_from_slice(&rest[..backslash]);
            let Some(byte) = rest.get(backslash + 1).copied().and_then(unescaped) else {
                break;
            };
            plain.extend_from_slice(&[byte]);
            rest = &rest[backslash + 2..];
        }
        plain.extend_from_slice(rest);
        plain.freeze()
    }

    /// What the text is the Base64 of; `None` if it is not Base64 (RFC 4648 section 4, padded).
    ///
    /// It is decoded in place, unless other parts of the event are still held.
    pub(super) fn decode_base64(self) -> Option<Bytes> {
        let mut text = BytesMut::from(self.into_plain());
        let decoded_bytes = base64_simd::STANDARD.decode_inplace(&mut text).ok()?.len();
        text.truncate(decoded_bytes);
        Some(text.freeze())
    }
}

impl From<String> for BodyText {
    fn from(text: String) -> Self {
        Self {
            text: Bytes::from(text),
            has_escapes: false,
        }
    }
}

/// Whether these bytes may stand in a JSON string as they are (RFC 8259 section 7); quotes and
/// backslashes are not looked for.
fn is_plain(run: &[u8]) -> bool {
    // Both bounds in one pass without an early exit, which is done by vectors; text that is ASCII,
    // as Base64 is, then needs no other.
    let widen = |(least, most): (u8, u8), byte: &u8| (least.min(*byte), most.max(*byte));
    let (least, most) = run.iter().fold((u8::MAX, 0), widen);
    least >= b' ' && (most.is_ascii() || std::str::from_utf8(run).is_ok())
}

/// The byte that an escape of two characters stands for, by the second of them.
fn unescaped(escape: u8) -> Option<u8> {
    Some(match escape {
        b'"' | b'\\' | b'/' => escape,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}
