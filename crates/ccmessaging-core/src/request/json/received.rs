//! A body that is received in chunks; the file's Base64 is checked as it arrives.

use std::fmt;
use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::{fast, parse};
use crate::base64_text::{self, GROUP_SYMBOLS};
use crate::error::UploadError;
use crate::request::UploadRequest;

/// A request's body, as it arrives.
///
/// If it is the API's JSON body, its Base64 is checked chunk by chunk, while the chunk is still in the
/// processor's cache. Checking complete bodies takes three times as long if many arrive at once. The result is the same as that of [`UploadRequest::from_json`].
///
/// ```
/// use ccmessaging_core::ReceivedBody;
///
/// let mut body = ReceivedBody::default();
/// body.push(br#"{"fileType":"txt","fileStream":"#);
/// body.push(br#""SGVsbG8K","channel":"WEB"}"#);
/// let request = body.into_request()?;
/// # Ok::<_, ccmessaging_core::UploadError>(())
/// ```
#[derive(Clone, Default)]
pub struct ReceivedBody {
    bytes: BytesMut,
    progress: Progress,
}

#[derive(Clone, Default)]
enum Progress {
    /// Too few bytes to locate the start of the file's text.
    #[default]
    Waiting,
    /// This range is complete groups of symbols, and more may follow.
    Checking(Range<usize>),
    /// This range is complete groups of symbols; other bytes follow it.
    Ended(Range<usize>),
}

impl ReceivedBody {
    /// Returns the number of bytes received.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns whether no bytes were received.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Allocates memory for this many more bytes, if there is not enough.
    pub fn reserve(&mut self, additional: usize) {
        self.bytes.reserve(additional);
    }

    /// Appends bytes, and checks the Base64 text in them while they are still in the CPU's cache.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        if matches!(self.progress, Progress::Waiting) && self.bytes.len() >= fast::HEAD_BYTES {
            self.progress = match fast::data_start(&self.bytes) {
                Some(start) => Progress::Checking(start..start),
                None => Progress::Ended(0..0),
            };
        }
        if let Progress::Checking(checked) = &mut self.progress {
            let rest = &self.bytes[checked.end..];
            let groups = &rest[..rest.len() / GROUP_SYMBOLS * GROUP_SYMBOLS];
            if base64_text::is_unpadded(groups) {
                checked.end += groups.len();
            } else {
                self.progress = Progress::Ended(checked.clone());
            }
        }
    }

    /// Parses the body as the API's JSON.
    ///
    /// # Errors
    ///
    /// As for [`UploadRequest::from_json`].
    pub fn into_request(self) -> Result<UploadRequest, UploadError> {
        let checked = match self.progress {
            Progress::Waiting => 0..0,
            Progress::Checking(checked) | Progress::Ended(checked) => checked,
        };
        parse(&self.bytes.freeze(), checked)
    }

    /// Returns the received bytes without copying them.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes.freeze()
    }
}

impl From<Bytes> for ReceivedBody {
    /// Wraps a complete body. It is copied only if the `Bytes` are shared.
    fn from(body: Bytes) -> Self {
        Self {
            bytes: body.into(),
            progress: Progress::Ended(0..0),
        }
    }
}

impl fmt::Debug for ReceivedBody {
    /// Prints the length only, because the body contains a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedBody")
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
