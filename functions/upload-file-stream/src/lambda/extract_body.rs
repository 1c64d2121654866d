//! Extracts the body of an event before `lambda_http` parses it, which would copy it several times.
//!
//! The event is HEAD `"body":"` TEXT `"` TAIL. HEAD is scanned as a JSON parser does: strings are
//! skipped and brackets are counted. So if the event is JSON, TEXT is the `body` of the outermost
//! object; and an event that is not JSON does not become JSON without TEXT, because TEXT is checked to
//! be the content of a JSON string. `lambda_http` therefore parses the rest, with an empty string as
//! TEXT, exactly as it would parse the whole event, including every error. An event without such a body
//! is not changed.

use bytes::{Bytes, BytesMut};

const KEY: &[u8] = b"body";

/// The content of the JSON string `body`, which may still contain JSON's escapes. It is UTF-8.
#[derive(Default)]
pub(super) struct EventBody {
    text: Bytes,
    has_escapes: bool,
}

/// Returns the event with an empty body, and the body.
pub(super) fn extract_body(event: &Bytes) -> Option<(Bytes, EventBody)> {
    let start = body_start(event)?;
    let (body, end) = EventBody::in_json(event, start)?;
    let mut rest = BytesMut::with_capacity(start + event.len() - end);
    rest.extend_from_slice(&event[..start]);
    rest.extend_from_slice(&event[end..]);
    Some((rest.freeze(), body))
}

impl EventBody {
    /// Returns the content of the JSON string that begins at `start`, after the opening quote, and the
    /// position of its closing quote.
    ///
    /// `None` if it is not a JSON string, or contains an escape `\u`, which is left to the JSON parser.
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

    /// Returns the text without escapes. It is only copied if it has some.
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

    /// Decodes the text; `None` if it is not Base64 (RFC 4648 section 4, padded).
    ///
    /// It is decoded in place, unless other parts of the event are still referenced.
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

/// Returns whether a JSON string may contain these bytes unescaped (RFC 8259 section 7). Does not check
/// for quotes and backslashes.
fn is_plain(run: &[u8]) -> bool {
    // Both bounds in one pass without an early exit, so that the compiler vectorizes it. ASCII text such
    // as Base64 needs no other pass.
    let widen = |(least, most): (u8, u8), byte: &u8| (least.min(*byte), most.max(*byte));
    let (least, most) = run.iter().fold((u8::MAX, 0), widen);
    least >= b' ' && (most.is_ascii() || std::str::from_utf8(run).is_ok())
}

/// Returns the byte of a two-character escape, given the second character.
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

/// Returns the position after the opening quote of the outermost object's `body`.
fn body_start(event: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match event.get(at)? {
            b'{' | b'[' => depth += 1,
            // The runtime ignores everything after the outermost object.
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

/// Returns the position of the closing quote of a string whose content begins at `start`.
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

/// Returns the position of the first byte at or after `from` that is not white space in JSON.
fn after_space(json: &[u8], from: usize) -> Option<usize> {
    let skipped = json
        .get(from..)?
        .iter()
        .position(|byte| !b" \t\r\n".contains(byte))?;
    Some(from + skipped)
}
