//! downloadFileStream: an object key in, the file out.
//!
//! The documentation knows only the codes 0, 2, 13 and 401 here, so whatever is neither missing nor
//! unauthorised fails with 13.

use data_encoding::BASE64;
use http::{HeaderMap, StatusCode};

use super::fields::Fields;
use super::{Call, Refusal, in_session};
use crate::answer::{Answer, Code};
use crate::storage::ObjectKey;
use crate::upstream::Upstream;

/// What the `fileId` of a file that was sent in a message has in front of its object key.
const SENT_PREFIX: &str = "local/";

pub(super) async fn answer(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let shape = Call::DownloadFileStream.shape(upstream);
    in_session(upstream, headers, async {
        match fetch(upstream, body).await {
            Ok(file) => Answer::coded(
                shape,
                StatusCode::OK,
                Code::Success,
                [("fileStream", BASE64.encode(&file))],
            ),
            Err(Refusal::Coded(Code::IncorrectParameter)) => {
                Refusal::Coded(Code::StoringFailed).answer(shape)
            }
            Err(refusal) => refusal.answer(shape),
        }
    })
    .await
}

async fn fetch(upstream: &Upstream, body: &[u8]) -> Result<bytes::Bytes, Refusal> {
    let fields = Fields::parse(body)?;
    let (file_id, channel, _) = (
        fields.text("fileId")?,
        fields.text("channel")?,
        fields.text("fileType")?,
    );
    let failed = Refusal::Coded(Code::StoringFailed);
    if channel != "WEB" {
        return Err(failed);
    }
    let key = ObjectKey::parse(file_id.strip_prefix(SENT_PREFIX).unwrap_or(file_id));
    let file = upstream.store.get(key.ok_or(failed)?).await;
    file.ok().flatten().ok_or(failed)
}
