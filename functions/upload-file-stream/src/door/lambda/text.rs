//! The text of an event's body, in the form in which the event holds it.

use bytes::{Bytes, BytesMut};
use ccmessaging_core::Chunks;

/// A run between two escapes that is shorter than this is joined with its neighbours: a piece of
/// its own costs more than the copy.
const SMALL_RUN_BYTES: usize = 8 * 1024;

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

    /// The text without escapes; long runs between them are not copied.
    pub(super) fn into_plain(self) -> Chunks {
        if !self.has_escapes {
            return Chunks::from(self.text);
        }
        let mut plain = Chunks::default();
        let mut joined = BytesMut::new();
        let mut rest = self.text;
        loop {
            let run = rest.split_to(memchr::memchr(b'\\', &rest).unwrap_or(rest.len()));
            if run.len() < SMALL_RUN_BYTES {
                joined.extend_from_slice(&run);
            } else {
                plain.push(joined.split().freeze());
                plain.push(run);
            }
            let Some(byte) = rest.get(1).copied().and_then(unescaped) else {
                break;
            };
            joined.extend_from_slice(&[byte]);
            rest = rest.split_off(2);
        }
        plain.push(joined.freeze());
        plain
    }

    /// What the text is the Base64 of; `None` if it is not Base64 (RFC 4648 section 4, padded).
    ///
    /// It is decoded in place, unless other parts of the event are still held.
    pub(super) fn decode_base64(self) -> Option<Bytes> {
        let text = self.into_plain().into_bytes();
        let mut text = BytesMut::from(text);
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
