//! The calls that move files: uploadFileStream and downloadFileStream.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderMap, StatusCode};

use super::{Call, Fields, Rejection, in_session};
use crate::answer::{Answer, Code};
use crate::storage::parse_key;
use crate::upstream::Upstream;

/// The only channel that the documentation allows.
const CHANNEL: &str = "WEB";

/// What the `fileId` of a file that was sent in a message has in front of its object key.
const SENT_PREFIX: &str = "local/";

/// uploadFileStream: a file in, an object key out.
pub(super) async fn upload(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Rejection> {
    in_session(upstream, headers, async {
        let stored = store(upstream, body).await;
        answer(
            upstream,
            Call::UploadFileStream,
            stored.map(|key| ("objectKey", key)),
        )
    })
    .await
}

async fn store(upstream: &Upstream, body: &[u8]) -> Result<String, Rejection> {
    let fields = Fields::parse(body)?;
    let (file_type, file, channel) = (
        fields.text("fileType")?,
        fields.text("fileStream")?,
        fields.text("channel")?,
    );
    let incorrect = Rejection::Coded(Code::IncorrectParameter);
    let max_bytes = upstream.settings.limits.of(file_type).ok_or(incorrect)?;
    if channel != CHANNEL {
        return Err(incorrect);
    }
    // Canonical and padded (RFC 4648, section 4): white space, the URL alphabet, a data URL's
    // prefix and stray trailing bits are all refused.
    let file = BASE64
        .decode(file.as_bytes())
        .map_err(|_| Rejection::Coded(Code::DecodingFailed))?;
    if file.len() > max_bytes {
        return Err(incorrect);
    }
    let store = &upstream.store;
    let stored = store
        .put(file_type, Bytes::from(file), upstream.now())
        .await;
    stored
        .map(|key| key.to_string())
        .map_err(|_| Rejection::Coded(Code::StoringFailed))
}

/// downloadFileStream: an object key in, the file out.
pub(super) async fn download(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Rejection> {
    in_session(upstream, headers, async {
        // The documentation knows only the codes 0, 2, 13 and 401 here, so whatever is neither
        // missing nor unauthorised fails with 13.
        let file = fetch(upstream, body).await.map_err(|rejection| {
            if rejection == Rejection::Coded(Code::IncorrectParameter) {
                Rejection::Coded(Code::StoringFailed)
            } else {
                rejection
            }
        });
        answer(
            upstream,
            Call::DownloadFileStream,
            file.map(|file| ("fileStream", BASE64.encode(&file))),
        )
    })
    .await
}

async fn fetch(upstream: &Upstream, body: &[u8]) -> Result<Bytes, Rejection> {
    let fields = Fields::parse(body)?;
    let (file_id, channel, _) = (
        fields.text("fileId")?,
        fields.text("channel")?,
        fields.text("fileType")?,
    );
    let failed = Rejection::Coded(Code::StoringFailed);
    if channel != CHANNEL {
        return Err(failed);
    }
    let key = parse_key(file_id.strip_prefix(SENT_PREFIX).unwrap_or(file_id));
    let file = upstream.store.get(key.ok_or(failed)?).await;
    file.ok().flatten().ok_or(failed)
}

/// The answer to an admitted call, with the field that it succeeded with.
fn answer(upstream: &Upstream, call: Call, outcome: Result<(&str, String), Rejection>) -> Answer {
    let shape = call.shape(upstream);
    match outcome {
        Ok(field) => Answer::coded(shape, StatusCode::OK, Code::Success, [field]),
        Err(rejection) => rejection.answer(shape),
    }
}
