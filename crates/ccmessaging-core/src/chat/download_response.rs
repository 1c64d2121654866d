//! The response to `downloadFileStream`.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use super::members::Value;
use super::response::{ChatResult, ResponseError, members};
use crate::base64_text::CanonicalBase64;
use crate::error::JsonKind;

/// The response to `downloadFileStream`.
#[derive(Clone, PartialEq, Eq)]
pub struct DownloadResponse {
    result: ChatResult,
    file: Option<Bytes>,
    has_file_url: bool,
}

impl DownloadResponse {
    /// Parses a response body and decodes its file, which may have at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// The body is not a JSON object, its result is ambiguous, or the file is not Base64 or too large.
    ///
    /// ```
    /// use ccmessaging_core::chat::DownloadResponse;
    ///
    /// let response = DownloadResponse::from_json(br#"{"fileStream":"aGVsbG8="}"#, 1024)?;
    /// assert!(response.is_success());
    /// assert_eq!(response.file().map(|file| &file[..]), Some(&b"hello"[..]));
    /// # Ok::<_, ccmessaging_core::chat::ResponseError>(())
    /// ```
    pub fn from_json(body: &[u8], max_bytes: usize) -> Result<Self, ResponseError> {
        let members = members(body)?;
        let result = ChatResult::read(&members)?;
        let value = |member| {
            members
                .value(member)
                .map_err(|_| ResponseError::NotAnObject)
        };
        let member = "fileStream";
        let file = match value(member)? {
            None | Some(Value::Other(_, JsonKind::Null)) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => Some(decode(text, max_bytes)?),
            Some(Value::Other(..)) => return Err(ResponseError::WrongType { member }),
        };
        let has_file_url = !matches!(
            value("fileUrl")?,
            None | Some(Value::Other(_, JsonKind::Null))
        );
        Ok(Self {
            // One edition's examples have no result code.
            file: file.filter(|_| result.code().is_none() || result.is_success()),
            result,
            has_file_url,
        })
    }

    /// Returns whether the response contains the file.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.file.is_some()
    }

    /// Returns the result, whose code one edition omits if the response contains the file.
    #[must_use]
    pub fn result(&self) -> &ChatResult {
        &self.result
    }

    /// Returns the file; `None` if the response has none, or reports a failure.
    #[must_use]
    pub fn file(&self) -> Option<&Bytes> {
        self.file.as_ref()
    }

    /// Returns the file without copying it.
    #[must_use]
    pub fn into_file(self) -> Option<Bytes> {
        self.file
    }

    /// Returns whether the response contains a link to the file, `fileUrl`. It is never followed.
    #[must_use]
    pub fn has_file_url(&self) -> bool {
        self.has_file_url
    }
}

/// Decodes a file in any accepted form of Base64.
fn decode(text: Cow<'_, str>, max_bytes: usize) -> Result<Bytes, ResponseError> {
    // Canonical text, which is the documented form, is decoded without being copied.
    let file = match base64_simd::STANDARD.decode_to_vec(text.as_bytes()) {
        Ok(file) => file,
        Err(_) => CanonicalBase64::from_text(text.into_owned())
            .map_err(ResponseError::NotBase64)?
            .decode(),
    };
    if file.len() > max_bytes {
        return Err(ResponseError::TooLarge {
            limit_bytes: max_bytes,
        });
    }
    Ok(Bytes::from(file))
}

impl fmt::Debug for DownloadResponse {
    /// Prints the size only: the file is a customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadResponse")
            .field("result_code", &self.result.code())
            .field("len", &self.file.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
