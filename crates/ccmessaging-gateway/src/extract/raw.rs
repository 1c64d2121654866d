//! A file's own bytes, as `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg'` sends them.

use bytes::Bytes;
use ccmessaging_core::{Declared, Family, Field, FileType, UploadRequest};

use super::error::MediaTypeError;
use super::stand_in::StandIn;
use crate::rejection::Rejection;

pub(super) fn read(declared: Option<FileType>, body: Bytes) -> Result<UploadRequest, Rejection> {
    let may_be_text = declared.is_none_or(|file_type| file_type.family() == Family::Text);
    let stand_in = if may_be_text {
        StandIn::of(&body)
    } else {
        StandIn::of_request(&body)
    };
    if let Some(stand_in) = stand_in {
        return Err(MediaTypeError::StandIn(stand_in).into());
    }
    Ok(UploadRequest::from_file(body, Declared::from(declared)).in_field(Field::Body))
}
