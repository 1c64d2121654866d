//! The calls that transfer files: uploadFileStream and downloadFileStream.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderMap, StatusCode};

use super::{Call, Fields, Rejection, in_session};
use crate::file_types::file_types;
use crate::response::{CallResponse, Code};
use crate::upstream::Upstream;

/// The only documented channel.
const CHANNEL: &str = "WEB";

/// The prefix of the object key in the `fileId` of a file that was sent in a message.
const SENT_PREFIX: &str = "local/";

/// uploadFileStream: stores a file and returns its object key.
pub(super) fn upload(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<CallResponse, Rejection> {
    in_session(upstream, headers, || {
        let stored = store(upstream, body).map(|key| ("objectKey", key));
        respond(Call::UploadFileStream, stored)
    })
}

fn store(upstream: &Upstream, body: &[u8]) -> Result<String, Rejection> {
    let fields = Fields::parse(body)?;
    let (file_type, file, channel) = (
        fields.text("fileType")?,
        fields.text("fileStream")?,
        fields.text("channel")?,
    );
    let incorrect = Rejection::Coded(Code::IncorrectParameter);
    let mut file_types = file_types();
    let is_known = file_types.any(|known| known.eq_ignore_ascii_case(file_type));
    if !is_known || channel != CHANNEL {
        return Err(incorrect);
    }
    // Only canonical, padded Base64 (RFC 4648, section 4): no white space, URL alphabet, data URL
    // prefix or non-zero trailing bits. The real server's decoder is not documented, so a client must
    // not depend on a lenient one.
    let file = BASE64
        .decode(file.as_bytes())
        .map_err(|_| Rejection::Coded(Code::DecodingFailed))?;
    if file.len() > upstream.settings.max_file_bytes {
        return Err(incorrect);
    }
    let file = Bytes::from(file);
    Ok(upstream.store.put(file_type, file, upstream.now()))
}

/// downloadFileStream: returns the file with an object key.
pub(super) fn download(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<CallResponse, Rejection> {
    in_session(upstream, headers, || {
        // Only the codes 0, 2, 13 and 401 are documented for this call, so every other problem is 13.
        let file = fetch(upstream, body).map_err(|rejection| match rejection {
            Rejection::Coded(Code::IncorrectParameter) => Rejection::Coded(Code::StoringFailed),
            other => other,
        });
        let file = file.map(|file| ("fileStream", BASE64.encode(&file)));
        respond(Call::DownloadFileStream, file)
    })
}

fn fetch(upstream: &Upstream, body: &[u8]) -> Result<Bytes, Rejection> {
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
    let object_key = file_id.strip_prefix(SENT_PREFIX).unwrap_or(file_id);
    upstream.store.get(object_key).ok_or(failed)
}

/// Returns the response to an authorized call, with `outcome`'s field if it succeeded.
fn respond(call: Call, outcome: Result<(&str, String), Rejection>) -> CallResponse {
    let format = call.body_format();
    match outcome {
        Ok(field) => CallResponse::coded(format, StatusCode::OK, Code::Success, [field]),
        Err(rejection) => rejection.response(format),
    }
}
