//! Cuts the body out of an event before `lambda_http` reads it, which would copy it several times.
//!
//! The event is HEAD `"body":"` TEXT `"` TAIL. HEAD is read as a JSON parser reads it: over strings,
//! counting brackets. So in an event that is JSON, TEXT is the outermost object's `body`; and one
//! that is not JSON does not become JSON by the cut, because TEXT is checked to be a string's text.
//! What is left, with an empty string for TEXT, is therefore read by `lambda_http` exactly as the
//! whole event would be, every error included. An event without such a body is left alone.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

use super::text::BodyText;

const KEY: &[u8] = b"body";

/// Where a body waits from its event's arrival until the event has been read.
///
/// One place is enough: an instance is handed one invocation after the other.
#[derive(Clone, Default)]
pub(super) struct Parked(Arc<Mutex<Option<BodyText>>>);

impl Parked {
    /// Parks the body of an event, if it can be cut out, in place of one that was never fetched.
    pub(super) fn park(&self, event: &mut Bytes) {
        let cut = cut(event);
        let body = cut.map(|(rest, body)| {
            *event = rest;
            body
        });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body;
    }

    /// Fetches what is parked.
    pub(super) fn fetch(&self) -> Option<BodyText> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The event with an empty body, and the body.
fn cut(event: &Bytes) -> Option<(Bytes, BodyText)> {
    let start = body_start(event)?;
    let (body, end) = BodyText::in_json(event, start)?;
    let mut rest = BytesMut::with_capacity(start + event.len() - end);
    rest.extend_from_slice(&event[..start]);
    rest.extend_from_slice(&event[end..]);
    Some((rest.freeze(), body))
}

/// Where the text of the outermost object's `body` begins, behind the opening quote.
fn body_start(event: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match event.get(at)? {
            b'{' | b'[' => depth += 1,
            // What follows the outermost object is none of the event.
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

/// Where the string ends whose text begins at `start`: at its closing quote.
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
