//! The documented JSON.

use bytes::Bytes;
use ccmessaging_core::UploadRequest;

use crate::Refusal;

pub(super) fn read(body: Bytes) -> Result<UploadRequest, Refusal> {
    Ok(UploadRequest::from_json(body)?)
}
