//! The ways in which a file is sent. Each is a lane that ends in an [`UploadRequest`]; what follows
//! is the same for all. Where a file may be sent on while it arrives, a lane passes it to an
//! [`Outlet`], if its head proves its type.
//!
//! | `Content-Type` | the body is | the type is declared by |
//! |---|---|---|
//! | `application/json`, `text/json`, none | the documented JSON | `fileType` |
//! | `multipart/form-data` | a form with the part `file` | the part `fileType`, else the media type of `file`, else its name's extension |
//! | a media type of a file, such as `image/jpeg` | the file's own bytes | the media type |
//! | `application/octet-stream` | the file's own bytes | nothing |
//!
//! What is declared is proven; where nothing is, the type is found out from the content.

mod json;
mod multipart;
mod raw;

use bytes::Bytes;
use ccmessaging_core::{Family, FileType, UploadRequest};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::body::BodyReader;
use super::streaming::{Outlet, Passed};
use crate::Refusal;
use crate::config::Streaming;

/// One of the ways in which a file is sent.
#[derive(Debug)]
pub(super) enum Lane {
    /// The documented JSON.
    Json,
    /// A form, whose parts this boundary separates.
    Multipart { boundary: String },
    /// The file's own bytes, and what they are declared to be.
    Raw { declared: Option<FileType> },
}

/// Enters a lane with a request's media type, parameters included.
type Entry = fn(&str) -> Result<Lane, Refusal>;

/// The media types of which the body is more than a file. `text/json` is an older name of JSON that
/// some clients use.
const ENTRIES: [(&str, Entry); 3] = [
    ("application/json", |_| Ok(Lane::Json)),
    ("text/json", |_| Ok(Lane::Json)),
    ("multipart/form-data", multipart::enter),
];

impl Lane {
    /// Chooses the lane by a request's headers, before its body is read.
    ///
    /// A body without a media type is taken as JSON, the only type that the API documents. JSON's
    /// `charset` is ignored, because JSON is UTF-8 whatever it says (RFC 8259 section 8.1).
    pub(super) fn choose(headers: &HeaderMap) -> Result<Self, Refusal> {
        let is_encoded = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
        if is_encoded {
            return Err(Refusal::UnsupportedEncoding);
        }
        let Some(media_type) = headers.get(CONTENT_TYPE) else {
            return Ok(Self::Json);
        };
        let media_type = media_type.to_str().unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        ENTRIES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(essence))
            .map_or(raw::enter as Entry, |&(_, entry)| entry)(media_type)
    }

    /// The lane's name in the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Multipart { .. } => "multipart",
            Self::Raw { .. } => "raw",
        }
    }

    /// Whether a file in a body with or without a declared length may be sent on while it arrives,
    /// if its head proves its type. Text never is, nor is JSON, whose fields may come in any order.
    pub(super) fn may_stream(&self, streaming: Streaming, has_length: bool) -> bool {
        match self {
            Self::Json => false,
            Self::Multipart { .. } => streaming == Streaming::Always,
            Self::Raw { declared } => {
                let is_text = declared.is_some_and(|declared| declared.family() == Family::Text);
                !is_text
                    && match streaming {
                        Streaming::Off => false,
                        Streaming::DeclaredLength => has_length,
                        Streaming::Always => true,
                    }
            }
        }
    }

    /// Reads a body that may be sent on.
    pub(super) async fn pass(
        self,
        body: &mut BodyReader,
        outlet: Outlet,
    ) -> Result<Passed, Refusal> {
        match self {
            Self::Json => Ok(Passed::Whole(json::read(body.whole(Bytes::new()).await?)?)),
            Self::Multipart { boundary } => multipart::pass(boundary, body, outlet).await,
            Self::Raw { declared } => raw::pass(declared, body, outlet).await,
        }
    }

    /// Reads the whole body.
    pub(super) async fn read(self, body: Bytes) -> Result<UploadRequest, Refusal> {
        match self {
            Self::Json => json::read(body),
            Self::Multipart { boundary } => multipart::read(boundary, body).await,
            Self::Raw { declared } => raw::read(declared, body),
        }
    }
}
