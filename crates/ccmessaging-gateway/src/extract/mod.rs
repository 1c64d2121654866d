//! Extracts the upload from a request's body, in each of the formats in which a file is sent.
//!
//! | `Content-Type` | the body is | the type is declared by |
//! |---|---|---|
//! | `application/json`, `text/json`, none | the documented JSON | `fileType` |
//! | `multipart/form-data` | a form with the part `file` | the part `fileType`, else the media type of `file`, else its name's extension |
//! | a media type of a file, such as `image/jpeg` | the file's own bytes | the media type |
//! | `application/octet-stream` | the file's own bytes | nothing |
//!
//! A declared type must match the content; without a declaration, the type is detected from the
//! content. All later steps are the same for all formats.

mod error;
mod form;
mod raw;

use ccmessaging_core::{FileType, ReceivedBody, UploadRequest};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

pub use error::{FormError, MediaTypeError};

use crate::rejection::Rejection;

/// The media types of the documented JSON. `text/json` is an older name that some clients use.
const JSON: [&str; 2] = ["application/json", "text/json"];

/// The format in which a file is sent.
#[derive(Debug)]
pub(crate) enum UploadFormat {
    /// The documented JSON.
    Json,
    /// A form, whose parts this boundary separates.
    Multipart { boundary: String },
    /// The raw file, and its declared type.
    Raw { declared: Option<FileType> },
}

impl UploadFormat {
    /// Chooses the format by a request's headers, before its body is read.
    ///
    /// A body without a media type is parsed as JSON, the only type that the API documents. JSON's
    /// `charset` is ignored, because JSON is always UTF-8 (RFC 8259 section 8.1).
    pub(crate) fn choose(headers: &HeaderMap) -> Result<Self, Rejection> {
        let is_encoded = |encoding: &HeaderValue| {
            let encoding = encoding.as_bytes().trim_ascii();
            !encoding.is_empty() && !encoding.eq_ignore_ascii_case(b"identity")
        };
        if headers.get_all(CONTENT_ENCODING).iter().any(is_encoded) {
            return Err(MediaTypeError::Encoded.into());
        }
        let mut media_types = headers.get_all(CONTENT_TYPE).iter();
        let Some(media_type) = media_types.next() else {
            return Ok(Self::Json);
        };
        let media_type = String::from_utf8_lossy(media_type.as_bytes());
        let media_type = &*media_type;
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        // Some triggers join several values with a comma.
        if media_types.next().is_some() || has_comma_outside_quotes(media_type) {
            return Err(MediaTypeError::Repeated.into());
        }
        if JSON.iter().any(|name| name.eq_ignore_ascii_case(essence)) {
            return Ok(Self::Json);
        }
        if essence.eq_ignore_ascii_case("multipart/form-data") {
            let boundary = form::boundary(media_type)?;
            return Ok(Self::Multipart { boundary });
        }
        let declared = FileType::from_media_type(media_type);
        if declared.is_none() && !FileType::is_generic_media_type(media_type) {
            return Err(MediaTypeError::Unsupported.into());
        }
        Ok(Self::Raw { declared })
    }

    /// The format's name in the log and in metrics.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Multipart { .. } => "multipart",
            Self::Raw { .. } => "raw",
        }
    }

    /// Reads a whole body.
    pub(crate) async fn read(self, body: ReceivedBody) -> Result<UploadRequest, Rejection> {
        match self {
            Self::Json => Ok(body.into_request()?),
            Self::Multipart { boundary } => form::read(boundary, body.into_bytes()).await,
            Self::Raw { declared } => raw::read(declared, body.into_bytes()),
        }
    }
}

/// Returns whether a header value is a list. A comma in a quoted parameter does not count (RFC 9110
/// section 5.6.4).
fn has_comma_outside_quotes(value: &str) -> bool {
    let mut is_quoted = false;
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            // The next byte is escaped.
            b'\\' if is_quoted => {
                bytes.next();
            }
            b',' if !is_quoted => return true,
            _ => {}
        }
    }
    false
}
