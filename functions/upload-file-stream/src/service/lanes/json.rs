//! The documented JSON.

use ccmessaging_core::{Chunks, UploadRequest};

use crate::Refusal;

pub(super) fn read(body: Chunks) -> Result<UploadRequest, Refusal> {
    Ok(UploadRequest::from_json(body)?)
}
