//! Which of the bytes were found to be Base64 when they arrived.

use std::ops::Range;

use base64_simd::STANDARD_NO_PAD;

/// How many bytes are judged as one: a body's first and last bytes, which are JSON, then leave only
/// so much of the text beside them to be looked at again.
const BLOCK: usize = 16 * 1024;

/// Four symbols are checked at a time.
const GROUP: usize = 4;

/// A range of positions at which every byte is known to be a symbol of the standard alphabet (RFC
/// 4648 section 4) and not padding. There may be more such bytes elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct SymbolRun(Range<usize>);

impl SymbolRun {
    /// Looks at bytes that begin at position `start`, behind all that were looked at before.
    pub(super) fn look_at(&mut self, bytes: &[u8], mut start: usize) {
        for block in bytes.chunks(BLOCK) {
            let end = start + block.len();
            let goes_on = self.0.end == start;
            if (goes_on || self.0.len() < block.len()) && are_symbols(block) {
                self.0 = if goes_on { self.0.start } else { start }..end;
            }
            start = end;
        }
    }

    /// What is known of the bytes of `range` alone, by positions that count from its start.
    pub(super) fn within(&self, range: &Range<usize>) -> Self {
        let start = self.0.start.max(range.start);
        let end = self.0.end.min(range.end);
        if start >= end {
            return Self::default();
        }
        Self(start - range.start..end - range.start)
    }

    /// The parts of `range` of which nothing is known: before the run, and after it.
    pub(super) fn unknown(&self, range: Range<usize>) -> [Range<usize>; 2] {
        let before = range.start..self.0.start.clamp(range.start, range.end);
        let after = self.0.end.clamp(before.end, range.end)..range.end;
        [before, after]
    }
}

/// Whether there is nothing but symbols. Ends at the first 32 bytes with something else.
pub(super) fn are_symbols(bytes: &[u8]) -> bool {
    let (groups, rest) = bytes.as_chunks::<GROUP>();
    let mut last = [b'A'; GROUP];
    last[..rest.len()].copy_from_slice(rest);
    STANDARD_NO_PAD.check(groups.as_flattened()).is_ok()
        && (rest.is_empty() || STANDARD_NO_PAD.check(&last).is_ok())
}
