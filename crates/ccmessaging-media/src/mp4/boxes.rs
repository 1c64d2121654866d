//! Walks and writes boxes, as ISO/IEC 14496-12 section 4.2 defines them.

use std::ops::Range;

/// A box: its type and where it is in the file.
#[derive(Clone, Debug)]
pub(crate) struct BoxAt {
    pub(crate) kind: [u8; 4],
    pub(crate) start: usize,
    /// The bytes after length and type.
    pub(crate) payload: Range<usize>,
    /// Whether the file ends before the box does; only possible at the top level.
    pub(crate) is_truncated: bool,
}

/// A box with an invalid content, or an invalid length: shorter than the header, or past the end of the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidBox {
    /// The byte offset of the header in the file.
    pub(crate) position: usize,
}

impl BoxAt {
    /// Returns the error of a box whose content is invalid.
    pub(crate) fn invalid(&self) -> InvalidBox {
        InvalidBox {
            position: self.start,
        }
    }

    /// Returns the offset after the box.
    pub(crate) fn end(&self) -> usize {
        self.payload.end
    }

    /// Iterates over the boxes in the payload.
    pub(crate) fn children<'a>(&self, file: &'a [u8]) -> Boxes<'a> {
        Boxes {
            file,
            range: self.payload.clone(),
            may_be_truncated: false,
        }
    }

    /// Like [`children`](Self::children), but if the file ends before the box does, so may its last child.
    pub(crate) fn children_up_to_cut<'a>(&self, file: &'a [u8]) -> Boxes<'a> {
        Boxes {
            may_be_truncated: self.is_truncated,
            ..self.children(file)
        }
    }

    /// Returns the box without version, flags and count, which precede the boxes in `stsd` and `dref`.
    pub(crate) fn without_count(&self) -> Self {
        let mut entries = self.clone();
        entries.payload.start = self.end().min(self.payload.start + 8);
        entries
    }

    /// Finds the first child of a type.
    pub(crate) fn child(&self, file: &[u8], kind: [u8; 4]) -> Result<Option<Self>, InvalidBox> {
        for child in self.children(file) {
            let child = child?;
            if child.kind == kind {
                return Ok(Some(child));
            }
        }
        Ok(None)
    }

    /// Follows a path of types, taking the first child of each.
    pub(crate) fn descendant(
        &self,
        file: &[u8],
        path: &[[u8; 4]],
    ) -> Result<Option<Self>, InvalidBox> {
        let mut found = self.clone();
        for &kind in path {
            match found.child(file, kind)? {
                Some(child) => found = child,
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }
}

/// Iterates over consecutive boxes in a range of a file.
///
/// Iteration ends where fewer bytes are left than a header has, at eight bytes of zero (writers pad
/// with them), or after an [`InvalidBox`]. [`rest`](Self::rest) returns the range that was not read.
#[derive(Clone)]
pub(crate) struct Boxes<'a> {
    file: &'a [u8],
    range: Range<usize>,
    may_be_truncated: bool,
}

impl<'a> Boxes<'a> {
    /// Iterates over the top-level boxes. The last one may be longer than the file, because uploads
    /// and recordings that were interrupted still play.
    pub(crate) fn of_file(file: &'a [u8]) -> Self {
        Self::of_file_from(file, 0)
    }

    /// Like [`of_file`](Self::of_file), from the top-level box at `start` on.
    pub(crate) fn of_file_from(file: &'a [u8], start: usize) -> Self {
        Self {
            file,
            range: start..file.len(),
            may_be_truncated: true,
        }
    }

    /// Returns the range that was not read.
    pub(crate) fn rest(&self) -> Range<usize> {
        self.range.clone()
    }

    fn read(&self) -> Option<Result<BoxAt, InvalidBox>> {
        let bytes = &self.file[self.range.clone()];
        let (&[l0, l1, l2, l3, kind @ ..], rest) = bytes.split_first_chunk::<8>()?;
        let (header_length, length) = match u32::from_be_bytes([l0, l1, l2, l3]) {
            0 if kind == [0; 4] => return None,
            // The box extends to the end of its parent.
            0 => (8, bytes.len()),
            // A 64-bit length follows the type. If it is cut off, 0 makes the box invalid.
            1 => {
                let length = rest
                    .first_chunk()
                    .map_or(0, |&long| u64::from_be_bytes(long));
                (16, usize::try_from(length).unwrap_or(usize::MAX))
            }
            short => (8, usize::try_from(short).unwrap_or(usize::MAX)),
        };
        let start = self.range.start;
        let is_truncated = length > bytes.len();
        if length < header_length || (is_truncated && !self.may_be_truncated) {
            return Some(Err(InvalidBox { position: start }));
        }
        Some(Ok(BoxAt {
            kind,
            start,
            payload: start + header_length..start + length.min(bytes.len()),
            is_truncated,
        }))
    }
}

impl Iterator for Boxes<'_> {
    type Item = Result<BoxAt, InvalidBox>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.read()?;
        self.range.start = found.as_ref().map_or(self.range.end, BoxAt::end);
        Some(found)
    }
}

/// Appends a box whose content `write` appends.
///
/// Returns an error if the content fails, or if the box has 4 GiB or more.
pub(crate) fn write_box<E: From<InvalidBox>>(
    output: &mut Vec<u8>,
    kind: [u8; 4],
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let start = output.len();
    output.extend([0; 4]);
    output.extend(kind);
    write(output)?;
    let length = u32::try_from(output.len() - start).map_err(|_| InvalidBox { position: start })?;
    output[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// Appends a box with a content.
pub(crate) fn write_payload(
    output: &mut Vec<u8>,
    kind: [u8; 4],
    payload: &[u8],
) -> Result<(), InvalidBox> {
    write_box(output, kind, |output| {
        output.extend_from_slice(payload);
        Ok(())
    })
}
