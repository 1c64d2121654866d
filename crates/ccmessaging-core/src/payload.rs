//! The JSON body of the request to the contact centre.

use std::fmt;

use bytes::Bytes;

use crate::base64_text::CanonicalBase64;

/// The only documented channel.
pub(crate) const CHANNEL: &str = "WEB";

const TAIL: &str = r#"","channel":"WEB"}"#;

/// The JSON body of an `uploadFileStream` request, ready to be sent.
///
/// It is kept in three segments, so that the file's text is never copied: send them one after the
/// other, [`len`](Self::len) bytes in all.
#[derive(Clone)]
pub struct Payload {
    head: Bytes,
    file: Bytes,
}

impl Payload {
    /// Builds the body. `file_type` is a documented spelling, so it needs no escapes; nor does Base64.
    pub(crate) fn new(file_type: &str, file: CanonicalBase64) -> Self {
        Self {
            head: Bytes::from(format!(r#"{{"fileType":"{file_type}","fileStream":""#)),
            file: file.into_text(),
        }
    }

    /// Returns the body's length in bytes: the `Content-Length` of the request.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a payload is never empty")]
    pub fn len(&self) -> usize {
        self.head.len() + self.file.len() + TAIL.len()
    }

    /// Returns the body in order: its beginning, the file in Base64, and the rest. Copies nothing.
    #[must_use]
    pub fn segments(&self) -> [Bytes; 3] {
        let tail = Bytes::from_static(TAIL.as_bytes());
        [self.head.clone(), self.file.clone(), tail]
    }

    /// Returns the whole body in one piece, with a copy of the file.
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
