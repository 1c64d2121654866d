//! The documented JSON.

use ccmessaging_core::{JsonProblem, ReceivedBody, UploadError, UploadRequest};

use super::error::MediaTypeError;
use crate::rejection::Rejection;

/// Parses a body that was declared as JSON, or whose `Content-Type` is missing.
pub(super) fn read(is_declared: bool, body: ReceivedBody) -> Result<UploadRequest, Rejection> {
    body.into_request().map_err(|error| match error {
        UploadError::NotJson { problem, .. } if !is_declared && problem != JsonProblem::Empty => {
            MediaTypeError::Missing.into()
        }
        error => error.into(),
    })
}
