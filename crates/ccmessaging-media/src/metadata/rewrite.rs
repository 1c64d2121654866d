//! Copies a file while removing or replacing parts of it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::{MetadataKind, StripResult};

/// The action for a segment, a chunk, or the metadata block in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    Keep,
    Remove(MetadataKind),
    /// Replaces the content with other content that is not longer.
    Replace(Vec<u8>, MetadataKind),
}

/// Rewrites a file from front to back, copying it only if something changes.
pub(super) struct Rewrite<'a> {
    file: &'a [u8],
    /// How many bytes of the file are in the output, unchanged or replaced.
    done: usize,
    output: Option<Vec<u8>>,
    removed: BTreeSet<MetadataKind>,
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

    /// Replaces a range with `parts`. Ranges must be passed in ascending order without overlap.
    pub(super) fn replace(&mut self, range: Range<usize>, parts: &[&[u8]], kind: MetadataKind) {
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

    /// Removes a range. Does nothing if it is empty.
    pub(super) fn remove(&mut self, range: Range<usize>, kind: MetadataKind) {
        if !range.is_empty() {
            self.replace(range, &[], kind);
        }
    }

    /// Copies the rest and returns the result.
    pub(super) fn finish(self) -> StripResult<'a> {
        let file = match self.output {
            Some(mut output) => {
                output.extend_from_slice(&self.file[self.done..]);
                Cow::Owned(output)
            }
            None => Cow::Borrowed(self.file),
        };
        StripResult {
            file,
            removed: self.removed,
        }
    }
}
