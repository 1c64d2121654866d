//! Text with a few invalid bytes of one kind, which a sender can remove if the message names them.

use std::collections::BTreeSet;

use super::control::is_control;
use super::{Cause, NotText};
use crate::content::Content;
use crate::sniff::mismatch::Found;
use crate::sniff::window::Window;

/// The number of bytes that are examined at the beginning, and around the first invalid byte. The rest of a
/// rejected file is not read again, because a large binary file must not be read twice.
const SAMPLE: usize = 4096;

/// Returns the problem of content that is text except for a few bytes; `None` if it is binary.
pub(in crate::sniff) fn flaw(content: &dyn Content, not_text: &NotText) -> Option<Found> {
    let start = not_text.position.saturating_sub(SAMPLE / 2);
    let samples = [0, start].map(|offset| Window::<SAMPLE>::read(content, offset));
    let all_are = |is_text: fn(&[u8]) -> bool| samples.iter().all(|sample| is_text(sample.bytes()));
    let position = not_text.position;
    match not_text.cause {
        Cause::Control(byte) => {
            all_are(is_text_with_few_controls).then(|| Found::ControlCharacter {
                character: byte.into(),
                position,
            })
        }
        Cause::NotAsMarked => all_are(has_no_control).then_some(Found::NotAsMarked {
            encoding: "UTF-8",
            position,
        }),
        Cause::Other => None,
    }
}

fn has_no_control(bytes: &[u8]) -> bool {
    !bytes.iter().any(|&byte| is_control(byte))
}

/// Returns whether bytes are text with one control character or with one in 200 bytes, or text with
/// [separators](is_text_with_separators).
///
/// A run of NULs counts once: a crash or a preallocated file leaves blocks of them in a log. In binary data, one
/// byte in ten is a control character, so that 64 bytes or more with so few are hardly binary. A shorter
/// sample must be UTF-8, or ASCII for the most part.
fn is_text_with_few_controls(bytes: &[u8]) -> bool {
    const TOO_LONG_FOR_CHANCE: usize = 64;
    const LEAST_TEXT: usize = 4;
    const BYTES_PER_CONTROL: usize = 200;

    let controls = bytes
        .chunk_by(|&a, &b| a == 0 && b == 0)
        .filter(|run| run.first().is_some_and(|&byte| is_control(byte)))
        .count();
    let text = bytes.iter().filter(|&&byte| !is_control(byte)).count();
    let ascii = bytes.iter().filter(|byte| byte.is_ascii()).count();
    let has_few = controls <= (text / BYTES_PER_CONTROL).max(1)
        && (text >= TOO_LONG_FOR_CHANCE
            || ascii * 8 >= bytes.len() * 7
            || str::from_utf8(bytes).is_ok());
    text >= LEAST_TEXT && (has_few || is_text_with_separators(bytes))
}

/// Returns whether bytes are UTF-8 in which few kinds of control characters other than NUL separate fields or messages,
/// as SOH does in FIX, and STX and ETX in what devices send. The first and the last character may be incomplete.
fn is_text_with_separators(bytes: &[u8]) -> bool {
    const MAX_KINDS: usize = 4;
    const BYTES_PER_SEPARATOR: usize = 4;

    let controls = bytes.iter().copied().filter(|&byte| is_control(byte));
    let kinds: BTreeSet<u8> = controls.clone().collect();
    let is_continuation = |byte: &&u8| matches!(**byte, 0x80..=0xBF);
    let start = bytes.iter().take(3).take_while(is_continuation).count();
    let is_utf8 = match str::from_utf8(&bytes[start..]) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8
        && !kinds.contains(&0)
        && kinds.len() <= MAX_KINDS
        && controls.count() * BYTES_PER_SEPARATOR <= bytes.len()
}
