//! A form (`multipart/form-data`, RFC 7578), as a page's `<form>` or `curl -F file=@photo.jpg`
//! sends it.
//!
//! The part `file` is the file itself. `fileType` and `channel` are optional, and count as not
//! there if they are empty, as the untouched fields of a page's form are. Other parts are ignored
//! and never sent on, like unknown fields of the JSON body.

mod form;
mod parts;

use axum::body::Body;
use bytes::Bytes;
use ccmessaging_core::UploadRequest;

use super::Lane;
use crate::Refusal;
use crate::refusal::FormError;
use crate::service::body::BodyReader;
use crate::service::streaming::{Outlet, Passed};
use form::{Form, is_file};
use parts::Parts;

/// The longest boundary (RFC 2046 section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

pub(super) fn enter(media_type: &str) -> Result<Lane, Refusal> {
    let boundary = multer::parse_boundary(media_type)
        .ok()
        .filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len()))
        .ok_or(FormError::NoBoundary)?;
    Ok(Lane::Multipart { boundary })
}

/// Reads every part to the end, so that a form that was cut off is never mistaken for a whole one.
pub(super) async fn read(boundary: String, body: Bytes) -> Result<UploadRequest, Refusal> {
    let mut parts = Parts::new(Body::from(body).into_data_stream(), boundary);
    let mut form = Form::default();
    while let Some(part) = parts.next().await? {
        form.take(part, usize::MAX).await?;
    }
    Ok(form.into_request()?)
}

/// Reads a form as it arrives, and sends its file on as soon as its head proves its type. What
/// stands behind the file may still spoil the upload, so that the request is completed only at the
/// form's very end.
pub(super) async fn pass(
    boundary: String,
    body: &mut BodyReader,
    outlet: Outlet,
) -> Result<Passed, Refusal> {
    let max_held_bytes = outlet.max_held_bytes();
    let mut parts = Parts::new(body.stream(), boundary);
    let mut form = Form::default();
    let mut outlet = Some(outlet);
    let mut feed = None;
    while let Some(part) = parts.next().await? {
        match outlet.take_if(|_| is_file(&part)) {
            Some(outlet) => feed = form.pass(part, outlet).await?,
            None => form.take(part, max_held_bytes).await?,
        }
    }
    drop(parts);
    body.finish().await?;
    let Some(feed) = feed else {
        // As large as a form that was never going to be sent on.
        body.limit(max_held_bytes)?;
        return Ok(Passed::Whole(form.into_request()?));
    };
    Ok(Passed::Sent(feed.finish(form.into_closing()).await?))
}
