//! The last stage: the request body for the upstream.

use std::fmt;

use bytes::Bytes;

use crate::CanonicalBase64;

/// The JSON body of an `uploadFileStream` request, ready to be sent.
///
/// It is kept in segments, so that the file's text is never copied: send them one after the other,
/// [`len`](Self::len) bytes in all.
#[derive(Clone)]
pub struct Payload {
    segments: [Bytes; 3],
}

impl Payload {
    /// `file_type` is a documented spelling, so it needs no escapes; nor does Base64.
    pub(crate) fn new(file_type: &str, file: CanonicalBase64, channel: &'static str) -> Self {
        let head = format!(r#"{{"fileType":"{file_type}","fileStream":""#);
        let tail = format!(r#"","channel":"{channel}"}}"#);
        Self {
            segments: [Bytes::from(head), file.into_text(), Bytes::from(tail)],
        }
    }

    /// The body's length in bytes: the `Content-Length` of the request.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a payload is never empty")]
    pub fn len(&self) -> usize {
        self.segments.iter().map(Bytes::len).sum()
    }

    /// The body's segments, in order; cloning one copies nothing.
    pub fn segments(&self) -> impl Iterator<Item = Bytes> + use<> {
        self.segments.clone().into_iter()
    }

    /// The whole body in one piece: copies the file.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.segments.concat()
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
