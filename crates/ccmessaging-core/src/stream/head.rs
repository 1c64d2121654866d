//! The beginning of a file, which may prove its type.

use std::cell::Cell;
use std::fmt;

use bytes::Bytes;

use super::StreamedUpload;
use crate::{Content, Declared, Field, FileType, Policy, sniff};

/// The first bytes of a file, and what it is declared to be.
///
/// ```
/// use ccmessaging_core::{Declared, FileHead, FileType, Policy};
///
/// let png = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE";
/// let head = FileHead::new(&png[..], FileType::Png);
/// let upload = head.prove(&Policy::default()).unwrap();
/// assert_eq!(upload.file_type(), FileType::Png);
///
/// // Whether a file is text, only all of it can tell.
/// let head = FileHead::new("name,city\n", Declared::Unknown);
/// assert!(head.prove(&Policy::default()).is_err());
/// ```
#[derive(Clone)]
pub struct FileHead {
    bytes: Bytes,
    declared: Declared,
    field: Field,
}

impl FileHead {
    /// How many bytes are worth waiting for: 64 KiB. A photo's segments are followed through its
    /// first 60 KiB, and four of AAC's longest frames (8,191 bytes) behind 4 KiB of other bytes need
    /// half of it; a video needs less than 1 KiB. What needs more is audio behind a tag with a large
    /// picture.
    pub const BYTES: usize = 64 * 1024;

    /// The beginning of a file and what is known of its type: a spelling (`"jpg"`), a [`FileType`], or
    /// [`Declared::Unknown`].
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>, declared: impl Into<Declared>) -> Self {
        Self {
            bytes: bytes.into(),
            declared: declared.into(),
            field: Field::FileStream,
        }
    }

    /// The same, in another part of the request than `fileStream`. Errors name this part.
    #[must_use]
    pub fn in_field(self, field: Field) -> Self {
        Self { field, ..self }
    }

    /// The number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes, to be completed and validated as a whole.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// Proves the type, if the head can: the file is then accepted as this type whatever follows,
    /// but for its size.
    ///
    /// The rules are those of [`sniff`], no others. They run on the head, and it is noted whether
    /// they asked for anything behind it. If they did not, any file that begins like this would give
    /// them the same answers, so their verdict is the same.
    ///
    /// # Errors
    ///
    /// The head itself, if it does not prove that the file is acceptable: because that depends on
    /// what follows, or because there is something to refuse. Then
    /// [`validate`](crate::UploadRequest::validate) the whole file, which reports it best.
    pub fn prove(self, policy: &Policy) -> Result<StreamedUpload, Self> {
        let view = View::new(&self.bytes);
        let file_type = if self.declared == Declared::Unknown {
            sniff::identify(&view)
        } else {
            let is_proven = |file_type: &FileType| sniff::prove(*file_type, &view).is_ok();
            self.declared.file_type().filter(is_proven)
        };
        let Some(file_type) = file_type.filter(|_| !view.was_left.get()) else {
            return Err(self);
        };
        let declared = self.declared.clone();
        let mut upload = StreamedUpload::begin(file_type, declared, self.field, *policy);
        match upload.push(self.bytes.clone()) {
            Ok(()) => Ok(upload),
            Err(_) => Err(self),
        }
    }
}

/// The head as the rules see it: a file of unknown length, which notes if they look behind the head.
struct View<'a> {
    bytes: &'a [u8],
    was_left: Cell<bool>,
}

impl<'a> View<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            was_left: Cell::new(false),
        }
    }

    fn note(&self, is_inside: bool) {
        if !is_inside {
            self.was_left.set(true);
        }
    }
}

impl Content for View<'_> {
    /// Not known yet: a rule that asks cannot decide.
    fn len(&self) -> usize {
        self.note(false);
        self.bytes.len()
    }

    fn is_empty(&self) -> bool {
        !self.reaches(1)
    }

    fn reaches(&self, end: usize) -> bool {
        let is_inside = end <= self.bytes.len();
        self.note(is_inside);
        is_inside
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        let count = self.bytes.read_at(offset, window);
        self.note(count == window.len());
        count
    }
}

impl fmt::Debug for FileHead {
    /// Prints the small fields only: the rest is a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileHead")
            .field("len", &self.bytes.len())
            .field("declared", &self.declared)
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}
