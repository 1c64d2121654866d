//! A file's own bytes, as `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg'` sends them.

use bytes::Bytes;
use ccmessaging_core::{Declared, Family, Field, FileType, UploadRequest};

use super::error::MediaTypeError;
use crate::rejection::Rejection;

pub(super) fn read(declared: Option<FileType>, body: Bytes) -> Result<UploadRequest, Rejection> {
    let may_be_text = declared.is_none_or(|file_type| file_type.family() == Family::Text);
    if may_be_text && is_documented_json(&body) {
        return Err(MediaTypeError::MisdeclaredJson.into());
    }
    Ok(UploadRequest::from_file(body, Declared::from(declared)).in_field(Field::Body))
}

/// Returns whether the body is a complete upload in JSON without its `Content-Type`: `fetch` sends a
/// string as `text/plain`. As a text file it would be valid, and the agent would receive the JSON.
fn is_documented_json(body: &Bytes) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    // A byte order mark may precede the brace.
    matches!(first, Some(b'{' | 0xEF)) && UploadRequest::from_json(body.clone()).is_ok()
}
