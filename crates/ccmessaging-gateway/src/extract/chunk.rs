//! Recognises one chunk of a file by the head of a request: by [parameters](ChunkParameters) in the query or headers,
//! or by the headers of HTTP and of protocols for resumable uploads.

use ccmessaging_core::{ChunkParameters, UploadError};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::FormError;
use crate::rejection::Rejection;

/// nginx's upload module and others.
const X_CONTENT_RANGE: HeaderName = HeaderName::from_static("x-content-range");

/// tus 1.0.
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");

/// tus, `FilePond` and the IETF's draft of resumable uploads.
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// The IETF's draft, in its newer and its older form, and the value that means that more follows. Apple's
/// `URLSession` also sends the headers with whole files.
const INCOMPLETE: [(HeaderName, &str); 2] = [
    (HeaderName::from_static("upload-complete"), "?0"),
    (HeaderName::from_static("upload-incomplete"), "?1"),
];

/// Rejects a request whose headers or query describe a chunk.
pub(super) fn check_head(headers: &HeaderMap, query: Option<&str>) -> Result<(), Rejection> {
    if headers.contains_key(TUS_RESUMABLE) {
        return Err(FormError::Resumable.into());
    }
    let ranges = [CONTENT_RANGE, X_CONTENT_RANGE];
    let mut ranges = ranges.iter().flat_map(|name| headers.get_all(name));
    let has = |(name, incomplete): &(HeaderName, &str)| {
        headers.get(name).is_some_and(|value| value == incomplete)
    };
    if ranges.any(is_shorter_range) || is_shorter_upload(headers) || INCOMPLETE.iter().any(has) {
        return Err(UploadError::Chunk.into());
    }
    let mut parameters = ChunkParameters::default();
    for (name, value) in headers {
        let name = name.as_str();
        parameters.add(name.strip_prefix("x-").unwrap_or(name), value.as_bytes())?;
    }
    let mut parameters = ChunkParameters::default();
    for parameter in query.unwrap_or_default().split('&') {
        if let Some((name, value)) = parameter.split_once('=') {
            parameters.add(name, value.as_bytes())?;
        }
    }
    Ok(())
}

/// Returns whether a `Content-Range` (RFC 9110 section 14.4) is less than the whole file. It is if the total is
/// unknown: who has the whole file knows its length.
fn is_shorter_range(range: &HeaderValue) -> bool {
    let is_shorter = || {
        let range = range.to_str().ok()?.trim();
        let range = range.strip_prefix("bytes").unwrap_or(range);
        let (range, total) = range.trim_start_matches(['=', ' ']).split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let before_last = number(last)?.checked_sub(number(first)?)?;
        Some(total.trim() == "*" || before_last.checked_add(1)? < number(total)?)
    };
    is_shorter().unwrap_or(false)
}

/// Returns whether a body is less than the upload that its headers describe.
fn is_shorter_upload(headers: &HeaderMap) -> bool {
    let number = |name: HeaderName| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let offset = number(UPLOAD_OFFSET);
    let is_shorter = match (number(UPLOAD_LENGTH), number(CONTENT_LENGTH)) {
        (Some(total), Some(length)) => length < total,
        (Some(_), None) => offset.is_some(),
        (None, _) => false,
    };
    is_shorter || offset.is_some_and(|offset| offset > 0)
}
