//! The calls that transfer files: uploadFileStream and downloadFileStream.

use bytes::Bytes;
use data_encoding::BASE64;
use serde_json::Value;

use super::{CHANNEL, Call, CallRequest, Fields, Rejection, in_session};
use crate::file_types::{file_types, is_download_type, is_same_type};
use crate::response::{CallResponse, Code};
use crate::store::Origin;
use crate::tokens::Customer;
use crate::upstream::Upstream;

/// The prefix of the object key in the `fileId` of a file that was sent in a message.
const SENT_PREFIX: &str = "local/";

/// The value of `multiMedia` for a file of the multimedia library.
const LIBRARY: &str = "multiMedia";

/// uploadFileStream: stores a file and returns its object key.
pub(super) fn upload(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    let format = Call::UploadFileStream.body_format();
    in_session(upstream, request, format, |customer| {
        let object_key = store(upstream, customer, request.body)?;
        Ok([("objectKey", object_key.into())])
    })
}

fn store(upstream: &Upstream, customer: &Customer, body: &[u8]) -> Result<String, Rejection> {
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
    let origin = Origin::Customer {
        user_id: customer.user_id.clone(),
        channel_id: customer.channel_id.clone(),
    };
    let (file, now) = (Bytes::from(file), upstream.now());
    Ok(upstream.store.put(origin, file_type, file, now))
}

/// downloadFileStream: returns the file with an object key.
pub(super) fn download(
    upstream: &Upstream,
    request: &CallRequest<'_>,
) -> Result<CallResponse, Rejection> {
    let format = Call::DownloadFileStream.body_format();
    in_session(upstream, request, format, |_| {
        // Only the codes 0, 2, 13 and 401 are documented for this call, so every other problem is 13.
        fetch(upstream, request.body).map_err(|rejection| match rejection {
            Rejection::Coded(Code::IncorrectParameter) => Rejection::Coded(Code::StoringFailed),
            other => other,
        })
    })
}

fn fetch(upstream: &Upstream, body: &[u8]) -> Result<[(&'static str, Value); 2], Rejection> {
    let fields = Fields::parse(body)?;
    let (file_id, channel, file_type, multi_media) = (
        fields.text("fileId")?,
        fields.text("channel")?,
        fields.text("fileType")?,
        fields.optional_text("multiMedia")?,
    );
    let failed = Rejection::Coded(Code::StoringFailed);
    if channel != CHANNEL || !is_download_type(file_type) {
        return Err(failed);
    }
    let object_key = match multi_media {
        None => file_id.strip_prefix(SENT_PREFIX).ok_or(failed)?,
        Some(LIBRARY) => file_id,
        Some(_) => return Err(failed),
    };
    let entry = upstream.store.get(object_key).ok_or(failed)?;
    let is_library = entry.origin == Origin::Library;
    // The type of a library file is not in its message, so any of them downloads it.
    let has_type = is_library || is_same_type(&entry.file.file_type, file_type);
    let is_too_large = entry.content.len() > upstream.settings.max_download_bytes;
    if is_library != multi_media.is_some() || !has_type || is_too_large {
        return Err(failed);
    }
    let url = format!("https://files.sandbox.invalid/{object_key}");
    let file = BASE64.encode(&entry.content);
    Ok([("fileStream", file.into()), ("fileUrl", url.into())])
}
