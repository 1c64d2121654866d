//! Boxes, after ISO/IEC 14496-12 section 4.2.

use std::ops::Range;

use crate::FileType;
use crate::metadata::MetadataError;

/// A box of a film: where it is, and of which type.
#[derive(Clone, Debug)]
pub(super) struct BoxAt {
    pub(super) kind: [u8; 4],
    pub(super) start: usize,
    /// What stands behind length and type.
    pub(super) payload: Range<usize>,
}

impl BoxAt {
    /// Where the box ends.
    pub(super) fn end(&self) -> usize {
        self.payload.end
    }

    /// The boxes inside.
    pub(super) fn children<'a>(&self, file: &'a [u8]) -> Boxes<'a> {
        Boxes::new(file, self.payload.clone())
    }

    /// The first box of a type inside.
    pub(super) fn child(&self, file: &[u8], kind: [u8; 4]) -> Result<Option<Self>, MetadataError> {
        for inner in self.children(file) {
            let inner = inner?;
            if inner.kind == kind {
                return Ok(Some(inner));
            }
        }
        Ok(None)
    }

    /// The box at the end of a path of types inside.
    pub(super) fn descendant(
        &self,
        file: &[u8],
        path: &[[u8; 4]],
    ) -> Result<Option<Self>, MetadataError> {
        let mut found = self.clone();
        for &kind in path {
            match found.child(file, kind)? {
                Some(inner) => found = inner,
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }
}

/// The boxes of a range, one behind the other.
///
/// They end where fewer bytes are left than a header takes, or zeros stand in place of one; what is
/// left there is [`rest`](Self::rest).
#[derive(Clone)]
pub(super) struct Boxes<'a> {
    file: &'a [u8],
    range: Range<usize>,
    /// Whether the last box may be longer than what is there, the file being cut off.
    is_open: bool,
}

impl<'a> Boxes<'a> {
    /// The boxes of a file, the last of which may be cut off.
    pub(super) fn of_file(file: &'a [u8]) -> Self {
        Self {
            file,
            range: 0..file.len(),
            is_open: true,
        }
    }

    pub(super) fn new(file: &'a [u8], range: Range<usize>) -> Self {
        Self {
            file,
            range,
            is_open: false,
        }
    }

    pub(super) fn rest(&self) -> Range<usize> {
        self.range.clone()
    }

    fn read(&self) -> Option<Result<BoxAt, MetadataError>> {
        let bytes = &self.file[self.range.clone()];
        let (&[l0, l1, l2, l3, kind @ ..], rest) = bytes.split_first_chunk::<8>()?;
        let (header_length, length) = match u32::from_be_bytes([l0, l1, l2, l3]) {
            0 if kind == [0; 4] => return None,
            0 => (8, bytes.len()),
            1 => {
                // Where the length is cut off, 0 is as wrong as any.
                let length = rest
                    .first_chunk()
                    .map_or(0, |&long| u64::from_be_bytes(long));
                (16, usize::try_from(length).unwrap_or(usize::MAX))
            }
            short => (8, usize::try_from(short).unwrap_or(usize::MAX)),
        };
        let start = self.range.start;
        if length < header_length || (length > bytes.len() && !self.is_open) {
            return Some(Err(damaged(start)));
        }
        Some(Ok(BoxAt {
            kind,
            start,
            payload: start + header_length..start + length.min(bytes.len()),
        }))
    }
}

impl Iterator for Boxes<'_> {
    type Item = Result<BoxAt, MetadataError>;

    /// The next box, or where the row of boxes is broken; behind that there is nothing.
    fn next(&mut self) -> Option<Self::Item> {
        let found = self.read()?;
        self.range.start = found.as_ref().map_or(self.range.end, BoxAt::end);
        Some(found)
    }
}

pub(super) fn damaged(position: usize) -> MetadataError {
    MetadataError::Damaged {
        file_type: FileType::Mp4,
        position,
    }
}
