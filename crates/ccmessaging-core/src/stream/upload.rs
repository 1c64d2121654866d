//! An upload whose type is proven and whose rest is still to come.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;

use crate::base64_text::GROUP_BYTES;
use crate::payload::CHANNEL;
use crate::validate::check_channel;
use crate::{Declared, Field, FileProblem, FileType, Policy, UploadError, sniff};

const BEFORE_FILE: &[u8] = br#"{"fileStream":""#;

/// A file of a proven type while it arrives: its bytes go in, the JSON body of an `uploadFileStream`
/// request comes out.
///
/// The file stands first in the body, since what follows it in a form may still decide how its type
/// is spelled. At most [`SEGMENT_BYTES`](Self::SEGMENT_BYTES) are encoded at a time, if every segment
/// is taken before [`finish`](Self::finish).
///
/// ```
/// # use ccmessaging_core::{FileHead, FileType, Policy};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let png = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE";
/// let head = FileHead::new(&png[..], FileType::Png);
/// let mut upload = head.prove(&Policy::default()).unwrap();
/// let mut body = Vec::new();
/// for piece in ["the ", "rest"] {
///     upload.push(piece)?;
///     while let Some(segment) = upload.next_segment() {
///         body.extend_from_slice(&segment);
///     }
/// }
/// body.extend_from_slice(&upload.finish());
/// assert!(body.starts_with(br#"{"fileStream":"iVBORw0KGgo"#));
/// assert!(body.ends_with(br#"dGhlIHJlc3Q=","fileType":"png","channel":"WEB"}"#));
/// # Ok(())
/// # }
/// ```
pub struct StreamedUpload {
    file_type: FileType,
    declared: Declared,
    field: Field,
    policy: Policy,
    /// How many bytes of the file came so far.
    received: usize,
    /// What is not encoded yet.
    waiting: VecDeque<Bytes>,
    encoder: Encoder,
    is_begun: bool,
}

impl StreamedUpload {
    /// The longest segment: 16 KiB of Base64, and what stands before the first.
    pub const SEGMENT_BYTES: usize = 16 * 1024 + BEFORE_FILE.len();

    /// How much of the file makes a segment.
    const PIECE_BYTES: usize = 16 * 1024 / 4 * 3;

    pub(super) fn begin(
        file_type: FileType,
        declared: Declared,
        field: Field,
        policy: Policy,
    ) -> Self {
        Self {
            file_type,
            declared,
            field,
            policy,
            received: 0,
            waiting: VecDeque::new(),
            encoder: Encoder::default(),
            is_begun: false,
        }
    }

    /// The file's type.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        self.file_type
    }

    /// What the caller says of the file's type.
    #[must_use]
    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// How many bytes of the file have been taken so far.
    #[must_use]
    pub fn decoded_bytes(&self) -> usize {
        self.received
    }

    /// The most bytes that the file may have: its family's limit.
    #[must_use]
    pub fn limit_bytes(&self) -> usize {
        self.policy.limits.of(self.file_type.family())
    }

    /// The length of the whole body, if the file has `file_bytes` bytes and nothing changes how its
    /// type is spelled.
    ///
    /// # Errors
    ///
    /// Such a file is over the limit.
    pub fn body_len(&self, file_bytes: usize) -> Result<usize, UploadError> {
        let limit_bytes = self.limit_bytes();
        let too_large = || {
            self.refused(FileProblem::TooLarge {
                family: self.file_type.family(),
                limit_bytes,
                actual_bytes: file_bytes,
            })
        };
        if file_bytes > limit_bytes {
            return Err(too_large());
        }
        let symbols = Encoder::encoded_len(file_bytes).ok_or_else(too_large)?;
        Ok(BEFORE_FILE.len() + symbols + self.tail().len())
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    ///
    /// With them the file is over its family's limit.
    pub fn push(&mut self, piece: impl Into<Bytes>) -> Result<(), UploadError> {
        let piece = piece.into();
        let limit_bytes = self.limit_bytes();
        if piece.len() > limit_bytes.saturating_sub(self.received) {
            return Err(self.refused(FileProblem::Outgrown {
                family: self.file_type.family(),
                limit_bytes,
            }));
        }
        self.received += piece.len();
        self.waiting.push_back(piece);
        Ok(())
    }

    /// What of the file has come and is in no [segment](Self::next_segment) yet: at first, its head.
    pub fn waiting(&self) -> impl Iterator<Item = &Bytes> {
        self.waiting.iter()
    }

    /// The next piece of the body; `None` until more of the file comes.
    pub fn next_segment(&mut self) -> Option<Bytes> {
        let mut segment = Vec::new();
        while segment.is_empty() {
            let mut piece = self.waiting.pop_front()?;
            if piece.len() > Self::PIECE_BYTES {
                self.waiting.push_front(piece.split_off(Self::PIECE_BYTES));
            }
            // The symbols of the piece and of a group that was begun before it.
            segment.reserve_exact(BEFORE_FILE.len() + (piece.len() / 3 + 1) * 4);
            self.encode(&piece, &mut segment);
        }
        Some(Bytes::from(segment))
    }

    /// The same upload, with a spelling of the type that came after the file.
    ///
    /// # Errors
    ///
    /// It is no documented spelling, or one of another type.
    pub fn with_spelling(self, spelling: impl Into<String>) -> Result<Self, UploadError> {
        let spelling = spelling.into();
        let declared: FileType = spelling.parse()?;
        if declared != self.file_type {
            let mismatch = sniff::mismatch(declared, self.file_type);
            return Err(self.refused(mismatch.into()));
        }
        Ok(Self {
            declared: Declared::Spelling(spelling),
            ..self
        })
    }

    /// The same upload, for a channel that was named after the file.
    ///
    /// # Errors
    ///
    /// It is not `WEB`.
    pub fn with_channel(self, channel: &str) -> Result<Self, UploadError> {
        check_channel(channel)?;
        Ok(self)
    }

    /// The end of the body, without which it is not JSON: call it only once the whole file has come,
    /// in a request in which nothing is wrong. Segments that were not taken are part of it.
    #[must_use]
    pub fn finish(mut self) -> Bytes {
        let mut end = Vec::new();
        for piece in std::mem::take(&mut self.waiting) {
            self.encode(&piece, &mut end);
        }
        std::mem::take(&mut self.encoder).finish(&mut end);
        end.extend_from_slice(self.tail().as_bytes());
        Bytes::from(end)
    }

    fn encode(&mut self, piece: &[u8], body: &mut Vec<u8>) {
        if !self.is_begun {
            body.extend_from_slice(BEFORE_FILE);
            self.is_begun = true;
        }
        self.encoder.push(piece, body);
    }

    fn tail(&self) -> String {
        let spelling = match &self.declared {
            Declared::Spelling(spelling) => spelling,
            Declared::Type(_) | Declared::Unknown => self.policy.spelling_of(self.file_type),
        };
        // A documented spelling needs no escapes.
        format!(r#"","fileType":"{spelling}","channel":"{CHANNEL}"}}"#)
    }

    fn refused(&self, problem: FileProblem) -> UploadError {
        let field = self.field;
        UploadError::File { field, problem }
    }
}

impl fmt::Debug for StreamedUpload {
    /// Prints type and size only: the rest is a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamedUpload")
            .field("file_type", &self.file_type)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

/// Encodes pieces of a file as if they were one: RFC 4648 section 4, padded at the very end only.
#[derive(Clone, Debug, Default)]
struct Encoder {
    /// The bytes of a group that is not complete yet.
    carry: [u8; GROUP_BYTES],
    carried: usize,
}

impl Encoder {
    /// The number of symbols for `bytes` bytes, padding included; `None` if it overflows.
    fn encoded_len(bytes: usize) -> Option<usize> {
        bytes.div_ceil(GROUP_BYTES).checked_mul(4)
    }

    /// Appends the symbols of all groups that are complete.
    fn push(&mut self, mut piece: &[u8], symbols: &mut Vec<u8>) {
        if self.carried > 0 {
            let count = piece.len().min(GROUP_BYTES - self.carried);
            self.carry[self.carried..self.carried + count].copy_from_slice(&piece[..count]);
            self.carried += count;
            piece = &piece[count..];
            if self.carried < GROUP_BYTES {
                return;
            }
            base64_simd::STANDARD.encode_append(self.carry, symbols);
        }
        let (whole, rest) = piece.split_at(piece.len() / GROUP_BYTES * GROUP_BYTES);
        base64_simd::STANDARD.encode_append(whole, symbols);
        self.carry[..rest.len()].copy_from_slice(rest);
        self.carried = rest.len();
    }

    /// Appends the symbols of what is left, padded.
    fn finish(self, symbols: &mut Vec<u8>) {
        base64_simd::STANDARD.encode_append(&self.carry[..self.carried], symbols);
    }
}
