//! The last stage: the request body for the upstream.

use std::fmt;

use bytes::Bytes;

use crate::{CanonicalBase64, Chunks};

/// The JSON body of an `uploadFileStream` request, ready to be sent.
///
/// It is kept in segments, so that the file's text is never copied: send them one after the other,
/// [`len`](Self::len) bytes in all.
#[derive(Clone)]
pub struct Payload {
    body: Chunks,
}

impl Payload {
    /// `file_type` is a documented spelling, so it needs no escapes; nor does Base64.
    pub(crate) fn new(file_type: &str, file: CanonicalBase64, channel: &'static str) -> Self {
        let head = format!(r#"{{"fileType":"{file_type}","fileStream":""#);
        let tail = format!(r#"","channel":"{channel}"}}"#);
        let mut body = Chunks::from(head);
        for piece in file.into_text().pieces() {
            body.push(piece.clone());
        }
        body.push(Bytes::from(tail));
        Self { body }
    }

    /// The body's length in bytes: the `Content-Length` of the request.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a payload is never empty")]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// The body's segments, in order; cloning one copies nothing.
    #[must_use]
    pub fn segments(&self) -> &[Bytes] {
        self.body.pieces()
    }

    /// The whole body in one piece: copies the file.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.segments().concat()
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
