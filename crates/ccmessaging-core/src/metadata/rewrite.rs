//! Leaves parts of a file out, or puts others in their place.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::Kind;

/// What becomes of a segment, a chunk, or the block of metadata inside it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    Keep,
    Remove(Kind),
    /// Other content, which is never longer.
    Replace(Vec<u8>, Kind),
}

/// A file that is rewritten from front to back; copied from the first change on.
pub(super) struct Rewrite<'a> {
    file: &'a [u8],
    /// What of the file stands in the output already, as it was or replaced.
    done: usize,
    output: Option<Vec<u8>>,
    removed: BTreeSet<Kind>,
}

impl<'a> Rewrite<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            done: 0,
            output: None,
            removed: BTreeSet::new(),
        }
    }

    /// Puts `parts` in the place of a range, which must not begin before the end of the one before
    /// it.
    pub(super) fn replace(&mut self, range: Range<usize>, parts: &[&[u8]], kind: Kind) {
        let output = self
            .output
            .get_or_insert_with(|| Vec::with_capacity(self.file.len()));
        output.extend_from_slice(&self.file[self.done..range.start]);
        for part in parts {
            output.extend_from_slice(part);
        }
        self.done = range.end;
        self.removed.insert(kind);
    }

    /// Leaves a range out.
    pub(super) fn remove(&mut self, range: Range<usize>, kind: Kind) {
        if !range.is_empty() {
            self.replace(range, &[], kind);
        }
    }

    pub(super) fn finish(mut self) -> (Cow<'a, [u8]>, BTreeSet<Kind>) {
        let file = match self.output.take() {
            Some(mut output) => {
                output.extend_from_slice(&self.file[self.done..]);
                Cow::Owned(output)
            }
            None => Cow::Borrowed(self.file),
        };
        (file, self.removed)
    }
}
