//! Extracts the body of an event before `lambda_http` parses the event and copies the body repeatedly.
//!
//! The event is HEAD `"body":"` TEXT `"` TAIL. HEAD is scanned like JSON: strings are skipped and
//! brackets counted. So if the event is valid JSON, TEXT is the `body` of the outermost object. An
//! invalid event does not become valid without TEXT, because TEXT is checked to be a JSON string.
//! `lambda_http` therefore parses the rest, with an empty string for TEXT, exactly as it would parse
//! the whole event, errors included. An event without such a body is not changed.

use bytes::{Bytes, BytesMut};

const KEY: &[u8] = b"body";

/// The text of an event's body in UTF-8. JSON escapes may remain in it.
#[derive(Default)]
pub(super) struct EventBody {
    text: Bytes,
    has_escapes: bool,
}

/// Returns the event with an empty body, and the body. `None` if the body cannot be extracted.
pub(super) fn extract_body(event: &Bytes) -> Option<(Bytes, EventBody)> {
    let start = body_start(event)?;
    let (body, end) = EventBody::in_json(event, start)?;
    let mut rest = BytesMut::with_capacity(start + event.len() - end);
    rest.extend_from_slice(&event[..start]);
    rest.extend_from_slice(&event[end..]);
    Some((rest.freeze(), body))
}

impl EventBody {
    /// Returns the JSON string whose text begins at `start`, after the opening quote, and the position
    /// of its closing quote.
    ///
    /// `None` if it is not valid, or contains an escape `\u`, which is left to the JSON parser.
    fn in_json(json: &Bytes, start: usize) -> Option<(Self, usize)> {
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

    /// Returns the text without escapes, without a copy if there are none.
    pub(super) fn into_plain(self) -> Bytes {
        if !self.has_escapes {
            return self.text;
        }
        let mut plain = BytesMut::with_capacity(self.text.len());
        let mut rest = &self.text[..];
        while let Some(run) = memchr::memchr(b'\\', rest) {
            plain.extend_from_slice(&rest[..run]);
            let escape = rest.get(run + 1).copied().and_then(unescaped);
            plain.extend(escape);
            rest = rest.get(run + 2..).unwrap_or_default();
        }
        plain.extend_from_slice(rest);
        plain.freeze()
    }

    /// Decodes the text; `None` if it is not padded Base64 (RFC 4648 section 4).
    ///
    /// It is decoded in place, unless other parts of the event are still held.
    pub(super) fn decode_base64(self) -> Option<Bytes> {
        let mut text = BytesMut::from(self.into_plain());
        let decoded_bytes = base64_simd::STANDARD.decode_inplace(&mut text).ok()?.len();
        text.truncate(decoded_bytes);
        Some(text.freeze())
    }
}

impl From<String> for EventBody {
    fn from(text: String) -> Self {
        Self {
            text: Bytes::from(text),
            has_escapes: false,
        }
    }
}

/// Returns whether these bytes need no escape in a JSON string (RFC 8259 section 7). Quotes and
/// backslashes are not checked.
fn is_plain(run: &[u8]) -> bool {
    // Minimum and maximum in one pass without an early exit, so that the compiler vectorizes it. ASCII
    // text such as Base64 then needs no UTF-8 validation.
    let widen = |(least, most): (u8, u8), byte: &u8| (least.min(*byte), most.max(*byte));
    let (least, most) = run.iter().fold((u8::MAX, 0), widen);
    least >= b' ' && (most.is_ascii() || std::str::from_utf8(run).is_ok())
}

/// Returns the byte of a two-character escape, given its second character.
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

/// Returns where the text of the outermost object's `body` begins, after the opening quote.
fn body_start(event: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match event.get(at)? {
            b'{' | b'[' => depth += 1,
            // The outermost object ends here; trailing bytes are not part of the event.
            b'}' | b']' if depth <= 1 => return None,
            b'}' | b']' => depth -= 1,
            b'"' => {
                let end = string_end(event, at + 1)?;
                if depth == 1 && &event[at + 1..end] == KEY {
                    let colon = after_space(event, end + 1)?;
                    if event[colon] == b':' {
                        let quote = after_space(event, colon + 1)?;
                        return (event[quote] == b'"').then_some(quote + 1);
                    }
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Returns the position of the closing quote of the string whose text begins at `start`.
fn string_end(json: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += memchr::memchr2(b'"', b'\\', json.get(at..)?)?;
        if json[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// The first byte from `from` on that is not JSON's white space.
fn after_space(json: &[u8], from: usize) -> Option<usize> {
    let skipped = json
        .get(from..)?
        .iter()
        .position(|byte| !b" \t\r\n".contains(byte))?;
    Some(from + skipped)
}
