//! Reads the JSON body, by one of two ways that give the same result.
//!
//! [`general`] is the reference: a JSON parser over the whole body in one piece. [`cut`] takes the
//! common body, whose `fileStream` is plain Base64, cuts that string out without copying or
//! parsing it, and gives only the rest to the same parser. It declines whatever is out of the
//! ordinary, every error included.

mod cut;
mod escapes;
mod general;
mod value;

use super::UploadRequest;
use crate::{Chunks, UploadError};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) fn parse(body: Chunks) -> Result<UploadRequest, UploadError> {
    match cut::parse(&body) {
        Some(request) => Ok(request),
        None => general::parse(&body.into_bytes()),
    }
}

/// Reads the body by the general way only.
pub(super) fn parse_generally(body: Chunks) -> Result<UploadRequest, UploadError> {
    general::parse(&body.into_bytes())
}
