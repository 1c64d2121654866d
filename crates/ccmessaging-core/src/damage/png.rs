//! Checks the checksums of a PNG.

use super::{WINDOW_BYTES, read_u32};
use crate::content::Content;

const SIGNATURE_BYTES: usize = 8;

/// The maximum number of chunks that are followed.
const MAX_CHUNKS: usize = 1024;

/// The bit of a chunk's type that makes it ancillary (ISO/IEC 15948 section 5.4).
const ANCILLARY: u8 = 0x20;

/// Returns whether the checksum of a critical chunk with a question mark is wrong. Viewers do not show such an
/// image, but they ignore an ancillary chunk whose checksum is wrong.
pub(super) fn has_wrong_checksum(content: &dyn Content) -> bool {
    let mut at = SIGNATURE_BYTES;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = Chunk::read(content, at) else {
            return false;
        };
        if chunk.is_critical && chunk.has_question_mark_and_wrong_checksum(content) {
            return true;
        }
        at = chunk.end + 4;
    }
    false
}

struct Chunk {
    is_critical: bool,
    /// The offset of the type, with which the checksum begins.
    start: usize,
    /// The offset of the checksum.
    end: usize,
    checksum: usize,
}

impl Chunk {
    fn read(content: &dyn Content, at: usize) -> Option<Self> {
        let number = |offset| read_u32(content, offset, u32::from_be_bytes);
        let start = at + 4;
        let end = number(at)?.checked_add(start + 4)?;
        let mut first = [0];
        content.read_at(start, &mut first);
        Some(Self {
            is_critical: first[0] & ANCILLARY == 0,
            start,
            end,
            checksum: number(end)?,
        })
    }

    fn has_question_mark_and_wrong_checksum(&self, content: &dyn Content) -> bool {
        let mut hasher = crc32fast::Hasher::new();
        let mut has_question_mark = false;
        let mut window = [0; WINDOW_BYTES];
        for at in (self.start..self.end).step_by(WINDOW_BYTES) {
            let bytes = &mut window[..WINDOW_BYTES.min(self.end - at)];
            content.read_at(at, bytes);
            hasher.update(bytes);
            has_question_mark |= memchr::memchr(b'?', bytes).is_some();
        }
        has_question_mark && usize::try_from(hasher.finalize()) != Ok(self.checksum)
    }
}
