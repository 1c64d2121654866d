//! Overwrites parts of an MP4 in place.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::metadata::{MetadataKind, StripResult};
use crate::mp4::{BoxAt, InvalidBox};

/// Overwrites parts of a file, copying it at the first change.
pub(super) struct Editor<'a> {
    file: &'a [u8],
    output: Cow<'a, [u8]>,
    removed: BTreeSet<MetadataKind>,
}

impl<'a> Editor<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            output: Cow::Borrowed(file),
            removed: BTreeSet::new(),
        }
    }

    /// Returns the original file.
    pub(super) fn file(&self) -> &'a [u8] {
        self.file
    }

    /// Turns a box into free space and clears its payload.
    pub(super) fn free(&mut self, found: &BoxAt, kind: MetadataKind) {
        self.rename_to_free(found, kind);
        self.clear(found.payload.clone(), kind);
    }

    pub(super) fn rename_to_free(&mut self, found: &BoxAt, kind: MetadataKind) {
        let range = found.start + 4..found.start + 8;
        if self.file[range.clone()] != *b"free" {
            self.output.to_mut()[range].copy_from_slice(b"free");
            self.removed.insert(kind);
        }
    }

    /// Fills a range with zeros.
    pub(super) fn clear(&mut self, range: Range<usize>, kind: MetadataKind) {
        if self.file[range.clone()].iter().any(|&byte| byte != 0) {
            self.output.to_mut()[range].fill(0);
            self.removed.insert(kind);
        }
    }

    /// Edits the children of a box, and clears the bytes after the last one, which are of kind `rest`.
    pub(super) fn edit_children<E: From<InvalidBox>>(
        &mut self,
        parent: &BoxAt,
        rest: MetadataKind,
        mut edit: impl FnMut(&BoxAt, &mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut boxes = parent.children(self.file);
        for found in boxes.by_ref() {
            edit(&found?, self)?;
        }
        self.clear(boxes.rest(), rest);
        Ok(())
    }

    pub(super) fn finish(self) -> StripResult<'a> {
        StripResult {
            file: self.output,
            removed: self.removed,
        }
    }
}
