//! The first stage: the beginning of a file, which may or may not prove its type.

use std::cell::Cell;
use std::fmt;

use bytes::Bytes;

use super::StreamedUpload;
use crate::request::Declared;
use crate::{Content, Field, FileType, Policy, sniff};

/// The first bytes of a file, and what it is declared to be.
///
/// ```
/// use ccmessaging_core::{FileHead, FileType, Policy};
///
/// let png = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE";
/// let head = FileHead::new(&png[..]).of_type(FileType::Png);
/// let upload = head.prove(&Policy::default()).unwrap();
/// assert_eq!(upload.file_type(), FileType::Png);
///
/// // Whether a file is text, only all of it can tell.
/// assert!(FileHead::new("name,city\n").prove(&Policy::default()).is_err());
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

    /// The beginning of a file of which nothing is declared.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            declared: Declared::Nothing,
            field: Field::FileStream,
        }
    }

    /// The same, declared by a spelling of its type, which is sent on unchanged.
    #[must_use]
    pub fn spelled(self, spelling: impl Into<String>) -> Self {
        Self {
            declared: Declared::Spelled(spelling.into()),
            ..self
        }
    }

    /// The same, declared by another sign than a spelling, such as a media type.
    #[must_use]
    pub fn of_type(self, file_type: FileType) -> Self {
        Self {
            declared: Declared::Typed(file_type),
            ..self
        }
    }

    /// The same, in another part of the request than `fileStream`; it is what errors name.
    #[must_use]
    pub fn in_field(self, field: Field) -> Self {
        Self { field, ..self }
    }

    /// How many bytes there are.
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
    /// they asked for anything behind it. If they did not, they would be given the same answers by
    /// any file that begins like this, so that their verdict is the same too.
    ///
    /// # Errors
    ///
    /// The head itself, if it does not prove that the file is acceptable: because the decision
    /// depends on what follows, or because there is something to refuse, which
    /// [`validate`](crate::UploadRequest::validate) says best of the whole file.
    pub fn prove(self, policy: &Policy) -> Result<StreamedUpload, Self> {
        let view = View::new(&self.bytes);
        let file_type = match &self.declared {
            Declared::Nothing => sniff::identify(&view),
            Declared::Typed(file_type) => proven(*file_type, &view),
            Declared::Spelled(spelling) => {
                FileType::from_spelling(spelling).and_then(|file_type| proven(file_type, &view))
            }
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

fn proven(declared: FileType, view: &View<'_>) -> Option<FileType> {
    sniff::prove(declared, view).is_ok().then_some(declared)
}

/// The head as the rules see it: a file without an end, which notes if they leave the head.
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
    /// Not known yet, so that whoever asks cannot decide.
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
    /// Prints the small fields only: the rest is of a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileHead")
            .field("len", &self.bytes.len())
            .field("declared", &self.declared)
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}
