//! A form (`multipart/form-data`, RFC 7578), as a page's `<form>` or `curl -F file=@photo.jpg`
//! sends it.
//!
//! The part `file` is the file itself. `fileType` and `channel` are optional, and count as not
//! there if they are empty, as the untouched fields of a page's form are. Other parts are ignored
//! and never sent on, like unknown fields of the JSON body.

mod error;
mod form;

use axum::body::Body;
use ccmessaging_core::{Chunks, UploadRequest};
use multer::Multipart;

pub use error::FormError;

use super::Lane;
use crate::Refusal;
use form::Form;

/// The longest boundary (RFC 2046 section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// The most parts of a form. Three have a meaning; the rest leaves room for what pages add.
const MOST_PARTS: usize = 16;

pub(super) fn enter(media_type: &str) -> Result<Lane, Refusal> {
    let boundary = multer::parse_boundary(media_type)
        .ok()
        .filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len()))
        .ok_or(FormError::NoBoundary)?;
    Ok(Lane::Multipart { boundary })
}

/// Reads every part to the end, so that a form that was cut off is never mistaken for a whole one.
pub(super) async fn read(boundary: String, body: Chunks) -> Result<UploadRequest, Refusal> {
    let mut parts = Multipart::new(Body::from(body.into_bytes()).into_data_stream(), boundary);
    let mut form = Form::default();
    let mut count = 0;
    while let Some(part) = parts.next_field().await.map_err(|error| reason(&error))? {
        count += 1;
        if count > MOST_PARTS {
            return Err(FormError::TooManyParts { limit: MOST_PARTS }.into());
        }
        form.take(part).await?;
    }
    Ok(form.into_request()?)
}

/// The parser's error without what it quotes of the body.
fn reason(error: &multer::Error) -> FormError {
    match error {
        multer::Error::ReadHeaderFailed(_)
        | multer::Error::DecodeHeaderName { .. }
        | multer::Error::DecodeHeaderValue { .. }
        | multer::Error::IncompleteHeaders => FormError::MalformedHeaders,
        _ => FormError::BrokenOff,
    }
}
