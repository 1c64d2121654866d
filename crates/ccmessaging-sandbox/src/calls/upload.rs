//! uploadFileStream: a file in, an object key out.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderMap, StatusCode};

use super::fields::Fields;
use super::{Call, Refusal, in_session};
use crate::answer::{Answer, Code};
use crate::file_type::Family;
use crate::upstream::Upstream;

/// The only channel that the documentation allows.
const CHANNEL: &str = "WEB";

pub(super) async fn answer(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let shape = Call::UploadFileStream.shape(upstream);
    in_session(upstream, headers, async {
        match store(upstream, body).await {
            Ok(object_key) => Answer::coded(
                shape,
                StatusCode::OK,
                Code::Success,
                [("objectKey", object_key)],
            ),
            Err(refusal) => refusal.answer(shape),
        }
    })
    .await
}

async fn store(upstream: &Upstream, body: &[u8]) -> Result<String, Refusal> {
    let fields = Fields::parse(body)?;
    let (file_type, file, channel) = (
        fields.text("fileType")?,
        fields.text("fileStream")?,
        fields.text("channel")?,
    );
    let family = Family::of_file_type(file_type).ok_or(Refusal::Coded(Code::IncorrectParameter))?;
    if channel != CHANNEL {
        return Err(Refusal::Coded(Code::IncorrectParameter));
    }
    // Canonical and padded (RFC 4648, section 4): white space, the URL alphabet, a data URL's
    // prefix and stray trailing bits are all refused.
    let file = BASE64
        .decode(file.as_bytes())
        .map_err(|_| Refusal::Coded(Code::DecodingFailed))?;
    if file.len() > upstream.settings.limits.of(family) {
        return Err(Refusal::Coded(Code::IncorrectParameter));
    }
    upstream
        .store
        .put(file_type, Bytes::from(file), upstream.now())
        .await
        .map(|key| key.to_string())
        .map_err(|_| Refusal::Coded(Code::StoringFailed))
}
