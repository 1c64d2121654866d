//! The last stage: the request body for the upstream.

use std::fmt;

use bytes::Bytes;

use crate::{CanonicalBase64, Chunks};

const BEFORE_TYPE: &str = r#"{"fileType":""#;
const BEFORE_FILE: &str = r#"","fileStream":""#;
/// The channel is always the same, the only one that the API knows.
const AFTER_FILE: &str = r#"","channel":"WEB"}"#;

/// The JSON body of an `uploadFileStream` request, ready to be sent.
///
/// It is kept in segments, so that the file's text is never copied: send them one after the other,
/// [`len`](Self::len) bytes in all.
#[derive(Clone)]
pub struct Payload {
    head: Bytes,
    file: Chunks,
}

impl Payload {
    /// `file_type` is a documented spelling, so it needs no escapes; nor does Base64.
    pub(crate) fn new(file_type: &str, file: CanonicalBase64) -> Self {
        Self {
            head: Bytes::from([BEFORE_TYPE, file_type, BEFORE_FILE].concat()),
            file: file.into_text(),
        }
    }

    /// The body's length in bytes: the `Content-Length` of the request.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a payload is never empty")]
    pub fn len(&self) -> usize {
        self.head.len() + self.file.len() + AFTER_FILE.len()
    }

    /// The body's segments, in order; none of them is a copy of the file.
    pub fn segments(&self) -> impl Iterator<Item = Bytes> + '_ {
        let file = self.file.pieces().iter().cloned();
        let tail = Bytes::from_static(AFTER_FILE.as_bytes());
        [self.head.clone()].into_iter().chain(file).chain([tail])
    }

    /// The whole body in one piece: copies the file.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.len());
        self.segments()
            .for_each(|segment| body.extend_from_slice(&segment));
        body
    }
}

impl fmt::Debug for Payload {
    /// Prints the size only: the rest is a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
