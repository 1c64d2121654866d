//! A file's own bytes, as `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg'` sends them.

use bytes::Bytes;
use ccmessaging_core::{Declared, Family, Field, Policy, UploadRequest};
use http::HeaderMap;
use http::header::CONTENT_DISPOSITION;

use super::error::MediaTypeError;
use super::other_format::{self, excludes_text, extension};
use super::parameters;
use super::text_instead_of_file::TextInsteadOfFile;
use crate::rejection::Rejection;

/// Reads a body; `is_text_format` if its media type is that of a format such as HTML. Programs do not declare that by
/// themselves, so only an upload in JSON, a form or URL encoding is rejected then, and the text may be anything else.
pub(super) fn read(
    declared: Declared,
    is_text_format: bool,
    body: Bytes,
) -> Result<UploadRequest, Rejection> {
    let text = if is_text_format || excludes_text(&declared) {
        TextInsteadOfFile::of_request(&body)
    } else {
        TextInsteadOfFile::of(&body)
    };
    if let Some(text) = text {
        return Err(MediaTypeError::TextInsteadOfFile(text).into());
    }
    Ok(UploadRequest::from_file(body, declared).in_field(Field::Body))
}

/// Returns the format of the file name in `Content-Disposition`, if it is not text.
pub(super) fn other_format(headers: &HeaderMap, policy: &Policy) -> Option<&'static str> {
    let name = file_name(headers)?;
    let extension = extension(&name)?;
    match policy.type_of_extension(extension) {
        Some(file_type) => Some(file_type.name()).filter(|_| file_type.family() != Family::Text),
        None => other_format::of_extension(extension),
    }
}

/// Returns the file name in `Content-Disposition`. Some clients send it so beside a body of bytes.
pub(super) fn file_name(headers: &HeaderMap) -> Option<String> {
    let (_, mut parameters) = parameters::split(headers.get(CONTENT_DISPOSITION)?.as_bytes());
    let name = parameters.find(|it| it.is("filename") || it.is("filename*"))?;
    Some(String::from_utf8_lossy(&name.value).into_owned())
}
