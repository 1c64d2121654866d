//! Text whose unit is the byte: UTF-8, and the legacy encodings before it.

use super::control::Controls;
use super::{CHUNK, Cause, END_OF_FILE, NotText, without_end_of_file_marks};
use crate::content::Content;

/// One control character in 200 bytes. Binary data is not well-formed UTF-8 over a whole file by chance, so a stray
/// control character in a log does not make it binary.
const UTF8_TOLERANCE: usize = 200;

/// The longest beginning of a UTF-8 sequence that a chunk can end with.
const CARRY: usize = 3;

/// The encodings that a text may be in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encodings {
    /// UTF-8 alone, which a byte order mark promised.
    Utf8,
    /// UTF-8, or a legacy encoding.
    Any,
}

/// Reads the whole content.
pub(super) fn examine(content: &dyn Content, encodings: Encodings) -> Result<(), NotText> {
    let end = without_end_of_file_marks(content, &[END_OF_FILE]);
    // The chunk is read after room for what the one before it left over.
    let mut buffer = [0; CARRY + CHUNK];
    let mut carried = 0;
    let mut offset = 0;
    let mut controls = Controls::default();
    let mut is_utf8 = true;
    while offset < end {
        let wanted = CHUNK.min(end - offset);
        let (_, room) = buffer.split_at_mut(CARRY);
        let count = content.read_at(offset, &mut room[..wanted]).min(wanted);
        let chunk = &room[..count];
        if count == 0 {
            break;
        }
        controls.count(chunk, offset);
        if let Some(position) = controls.first_nul() {
            return Err(NotText {
                position,
                cause: Cause::Control(0),
            });
        }
        offset += count;
        if is_utf8 {
            let bytes = &buffer[CARRY - carried..CARRY + count];
            let left_over = if offset < end { unfinished(bytes) } else { 0 };
            let whole = bytes.len() - left_over;
            is_utf8 = simdutf8::basic::from_utf8(&bytes[..whole]).is_ok();
            if !is_utf8
                && encodings == Encodings::Utf8
                && let Some(index) = first_malformed(bytes)
            {
                return Err(NotText {
                    position: offset - bytes.len() + index,
                    cause: Cause::NotAsMarked,
                });
            }
            carried = left_over;
            let from = CARRY + count - left_over;
            buffer.copy_within(from..from + left_over, CARRY - left_over);
        } else if let Some(control) = controls.too_many(offset, None) {
            return Err(control.into());
        }
    }
    let tolerance = is_utf8.then_some(UTF8_TOLERANCE);
    match controls.too_many(offset, tolerance) {
        Some(control) => Err(control.into()),
        None if offset == 0 => Err(NotText::OTHER),
        None => Ok(()),
    }
}

/// Returns the index of the first byte that is not UTF-8. A sequence that the end cuts off counts as UTF-8:
/// programs cut a text at any byte, and without a byte order mark such a text is accepted as well.
fn first_malformed(bytes: &[u8]) -> Option<usize> {
    let error = str::from_utf8(bytes).err()?;
    error.error_len().map(|_| error.valid_up_to())
}

/// Returns how many bytes at the end begin a UTF-8 sequence that the end cuts off (RFC 3629 section 3). Bytes that
/// are not UTF-8 may count as well, since validation follows.
fn unfinished(bytes: &[u8]) -> usize {
    for (behind, &byte) in bytes.iter().rev().take(CARRY).enumerate() {
        let length = match byte {
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
            0x80..=0xBF => continue,
            _ => return 0,
        };
        return if length > behind + 1 { behind + 1 } else { 0 };
    }
    0
}
