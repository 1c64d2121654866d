//! A file's own bytes, as `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg'` sends them.

use bytes::Bytes;
use ccmessaging_core::{Declared, Family, Field, FileType, UploadRequest};

use super::error::MediaTypeError;
use super::text_instead_of_file::TextInsteadOfFile;
use crate::rejection::Rejection;

/// Reads a body; `is_text_format` if its media type is that of a format such as HTML, which no program declares by
/// itself.
pub(super) fn read(
    declared: Option<FileType>,
    is_text_format: bool,
    body: Bytes,
) -> Result<UploadRequest, Rejection> {
    let may_be_text = declared.is_none_or(|file_type| file_type.family() == Family::Text);
    let text = if is_text_format {
        TextInsteadOfFile::of_whole_form(&body)
    } else if may_be_text {
        TextInsteadOfFile::of(&body)
    } else {
        TextInsteadOfFile::of_request(&body)
    };
    if let Some(text) = text {
        return Err(MediaTypeError::TextInsteadOfFile(text).into());
    }
    Ok(UploadRequest::from_file(body, Declared::from(declared)).in_field(Field::Body))
}
