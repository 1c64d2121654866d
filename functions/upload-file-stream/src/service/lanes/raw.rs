//! A file's own bytes, as `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg'` sends them.

use bytes::Bytes;
use ccmessaging_core::{Family, Field, FileHead, FileType, UploadRequest};

use super::Lane;
use crate::Refusal;
use crate::service::body::BodyReader;
use crate::service::streaming::{Closing, Outlet, Passed};

/// Takes the media types of the API's file types, and those that say nothing.
pub(super) fn enter(media_type: &str) -> Result<Lane, Refusal> {
    let declared = FileType::from_media_type(media_type);
    if declared.is_none() && !FileType::is_generic_media_type(media_type) {
        return Err(Refusal::UnsupportedMediaType);
    }
    Ok(Lane::Raw { declared })
}

pub(super) fn read(declared: Option<FileType>, body: Bytes) -> Result<UploadRequest, Refusal> {
    let may_be_text = declared.is_none_or(|file_type| file_type.family() == Family::Text);
    if may_be_text && is_documented_json(&body) {
        return Err(Refusal::MisdeclaredJson);
    }
    Ok(UploadRequest::from_file(body, declared).in_field(Field::Body))
}

/// Sends the file on as soon as its head proves its type; holds it back if it does not.
pub(super) async fn pass(
    declared: Option<FileType>,
    body: &mut BodyReader,
    outlet: Outlet,
) -> Result<Passed, Refusal> {
    let file_bytes = body.declared_bytes();
    let head = FileHead::new(body.head(FileHead::BYTES).await?, declared).in_field(Field::Body);
    match outlet.prove(head) {
        Ok(upload) => {
            let mut feed = outlet.open(upload, file_bytes).await?;
            while let Some(piece) = body.next().await? {
                feed.push(piece).await?;
            }
            Ok(Passed::Sent(feed.finish(Closing::default()).await?))
        }
        Err(head) => {
            body.limit(outlet.max_held_bytes())?;
            let body = body.whole(head.into_bytes()).await?;
            Ok(Passed::Whole(read(declared, body)?))
        }
    }
}

/// Whether the body is a complete upload in JSON whose `Content-Type` was forgotten: `fetch` sends
/// a string as `text/plain`. Taken for a text file, it would reach the agent as one.
fn is_documented_json(body: &Bytes) -> bool {
    let first = body.trim_ascii_start().first();
    // A byte order mark may stand before the brace.
    matches!(first, Some(b'{' | 0xEF)) && UploadRequest::from_json(body.clone()).is_ok()
}
