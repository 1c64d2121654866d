//! A file's own bytes, as `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg'` sends them.

use bytes::Bytes;
use ccmessaging_core::{Declared, Family, Field, FileType, UploadRequest};
use memchr::memmem;

use super::error::MediaTypeError;
use super::misdeclared::resembles_upload;
use crate::rejection::Rejection;

/// How far the media type of a `data:` URL may reach.
const DATA_URL_HEAD_BYTES: usize = 256;

pub(super) fn read(declared: Option<FileType>, body: Bytes) -> Result<UploadRequest, Rejection> {
    let may_be_text = declared.is_none_or(|file_type| file_type.family() == Family::Text);
    if may_be_text {
        // As a text file, each of these would reach the agent instead of the file in it.
        if resembles_upload(&body) {
            return Err(MediaTypeError::MisdeclaredJson.into());
        }
        if is_form(&body) {
            return Err(MediaTypeError::MisdeclaredForm.into());
        }
        if is_data_url(&body) {
            return Err(MediaTypeError::DataUrl.into());
        }
    }
    Ok(UploadRequest::from_file(body, Declared::from(declared)).in_field(Field::Body))
}

/// Returns whether a body begins with a boundary and the header that every part of a form has.
fn is_form(body: &[u8]) -> bool {
    const HEADER: &[u8] = b"content-disposition: form-data";
    body.starts_with(b"--")
        && memchr::memchr(b'\n', &body[..body.len().min(80)]).is_some_and(|end| {
            let header = body[end + 1..].get(..HEADER.len());
            header.is_some_and(|header| header.eq_ignore_ascii_case(HEADER))
        })
}

/// Returns whether a text is a `data:` URL (RFC 2397) of an image, a recording, a video or of bytes.
pub(super) fn is_data_url(text: &[u8]) -> bool {
    let head = &text[..text.len().min(DATA_URL_HEAD_BYTES)];
    let head = head.trim_ascii_start();
    let is_binary = [
        "data:image/",
        "data:audio/",
        "data:video/",
        "data:application/",
    ]
    .iter()
    .any(|start| {
        let head = head.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    });
    is_binary && memmem::find(head, b";base64,").is_some()
}
