//! The call `downloadFileStream`: the contact centre's JSON, or the file itself.
//!
//! The documentation gives no name and no media type of a file, and an agent's file may be anything. So
//! the media type is taken from proven content, and the headers keep a browser from rendering the file
//! in the gateway's origin.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use ccmessaging_client::{CallErrorKind, CallResponse, ChatCall, InvalidResponse};
use ccmessaging_core::FileType;
use ccmessaging_core::chat::{
    ChatResponse, DownloadRequest, ResponseError, media_type_of_download,
};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::value::{RawValue, to_raw_value};

use super::call::{Call, pass_through_counted};
use super::event_size::{MAX_EVENT_FILE_BYTES, fits};
use super::response_memory::{ReservedMemory, ResponseMemory};
use crate::admission::Overloaded;
use crate::context::Platform;
use crate::outcome::Outcome;
use crate::rejection::{ChatRejection, DownloadError, Rejection, json_response};
use crate::scan::ScanRefusal;

/// The memory that is reserved for a download before its size is known. Most files are small, so with the
/// largest size few downloads could run at once.
const FIRST_BYTES: usize = 64 * 1024;

/// How many characters of a file's key are part of its name.
const KEY_CHARS_IN_NAME: usize = 8;

/// The result code of a file that does not exist ("objectKey is null!").
const NO_OBJECT_KEY: &str = "401";

const FILE_STREAM: &str = "fileStream";
const RESULT_CODE: &str = "resultCode";

/// The members of a response that describe its result: those of the contact centre, in all editions, and
/// those of the API gateway in front of it.
const RESULT: [&str; 7] = [
    RESULT_CODE,
    "resultDesc",
    "returnCode",
    "returnDesc",
    "error_code",
    "error_msg",
    "request_id",
];

impl From<ResponseError> for ChatRejection {
    fn from(error: ResponseError) -> Self {
        let error = match error {
            ResponseError::TooLarge { limit_bytes } => DownloadError::TooLarge { limit_bytes },
            _ => DownloadError::Undocumented,
        };
        Self::Download(error)
    }
}

impl Call<'_, '_> {
    /// Downloads a file and returns the contact centre's JSON or the file.
    pub(super) async fn download(
        mut self,
        request: DownloadRequest,
        max_bytes: usize,
        is_file: bool,
        memory: &ResponseMemory,
    ) -> Result<Response, ChatRejection> {
        self.event.form = Some(if is_file { "file" } else { "json" });
        let platform = self.event.request.context.platform;
        let max_bytes = limit_on(platform, max_bytes);
        let request = request.with_bmp_spelling(self.upstream.services.policy.bmp_spelling);
        let name = file_name(&request);
        let call = ChatCall::Download { request, max_bytes };
        // The rest is reserved once the response's size is known.
        let memory = memory.reserve(FIRST_BYTES);
        let memory = memory.map_err(Rejection::from)?;
        let mut reply = self
            .send(&call, Some(&memory))
            .await
            .map_err(|rejection| match unread(&rejection) {
                Some(InvalidResponse::TooLong) => {
                    let limit_bytes = max_bytes;
                    DownloadError::TooLarge { limit_bytes }.into()
                }
                Some(InvalidResponse::NoMemory) => Rejection::from(Overloaded).into(),
                _ => rejection,
            })?;
        // The decoded file, too, as long as both are in memory.
        let both = reply.body.len() + reply.body.len() / 4 * 3;
        memory.extend_to(both).map_err(Rejection::from)?;
        let is_scanned = self.upstream.services.scanner.is_some();
        // The API fabric responds with 404, without a result code, if it does not know the call.
        let is_unknown = reply.status == StatusCode::NOT_FOUND && reply.result.code().is_some();
        if !reply.status.is_success() && !is_unknown {
            // A rejected token, or a failure of the contact centre.
            return Ok(pass_result(reply, memory, is_scanned));
        }
        let Some(file) = reply.result.take_file(max_bytes)? else {
            // The same in both forms: it concerns this file alone.
            self.event.request.outcome = Some(Outcome::RefusedByUpstream);
            return self.no_file(reply, memory, is_file);
        };
        // A download that is abandoned from here on has not succeeded.
        let outcome = self.event.request.outcome.take();
        self.event.request.decoded_bytes = Some(file.len());
        self.scan(&file).await?;
        let media_type = media_type_of_download(&file);
        let body = if is_file {
            file
        } else {
            // Before the JSON may be copied.
            drop(file);
            json_form(reply.body, &reply.result, is_scanned)?
        };
        if !fits(platform, &body, is_file) {
            let limit_bytes = MAX_EVENT_FILE_BYTES;
            return Err(DownloadError::TooLarge { limit_bytes }.into());
        }
        self.event.request.outcome = outcome;
        let body = Body::from(memory.attach(body));
        if is_file {
            Ok(file_response(&name, media_type, body))
        } else {
            Ok(json_response(reply.status, body))
        }
    }

    /// Returns the response to a download that the contact centre did not answer with a file.
    ///
    /// In JSON, its own result code passes unchanged. A caller who wants a file gets an error status, so
    /// that it does not save the error as the file.
    fn no_file(
        self,
        reply: CallResponse<ChatResponse>,
        memory: ReservedMemory,
        is_file: bool,
    ) -> Result<Response, ChatRejection> {
        let error = match reply.result.code() {
            None | Some("0") => DownloadError::NotFound,
            Some(_) if !is_file => {
                let is_scanned = self.upstream.services.scanner.is_some();
                return Ok(pass_result(reply, memory, is_scanned));
            }
            Some(NO_OBJECT_KEY) => DownloadError::NotFound,
            Some(_) if reply.status == StatusCode::NOT_FOUND => DownloadError::NotFound,
            Some(_) => {
                let code = self.event.request.return_code.as_deref();
                let code = code.unwrap_or_default().chars();
                let code = code.filter(char::is_ascii_alphanumeric).collect();
                DownloadError::NotDelivered { code }
            }
        };
        Err(error.into())
    }

    async fn scan(&mut self, file: &Bytes) -> Result<(), DownloadError> {
        let verdict = self.upstream.scan(file, &mut self.event.request).await;
        verdict.map_err(|refusal| match refusal {
            ScanRefusal::Malware => DownloadError::Malware,
            ScanRefusal::Unavailable => DownloadError::NotScanned,
        })
    }
}

/// Returns why the client did not use the response.
fn unread(rejection: &ChatRejection) -> Option<InvalidResponse> {
    match rejection {
        ChatRejection::Upstream { error, .. } => match error.kind() {
            CallErrorKind::UnexpectedResponse { problem, .. } => Some(*problem),
            _ => None,
        },
        _ => None,
    }
}

/// The limit of a file: the configured one, or what the platform can return.
fn limit_on(platform: Platform, max_bytes: usize) -> usize {
    match platform {
        Platform::Http => max_bytes,
        Platform::Lambda | Platform::FunctionGraph => max_bytes.min(MAX_EVENT_FILE_BYTES),
    }
}

/// Returns a response that delivers no file. If files are scanned, only its result passes: it may still
/// contain a file, or the link to one, which no scan has read.
fn pass_result(
    mut reply: CallResponse<ChatResponse>,
    memory: ReservedMemory,
    is_scanned: bool,
) -> Response {
    if is_scanned {
        // A body that is not an object has no result.
        let mut members = members(&reply.body).unwrap_or_default();
        members.retain(|name, value| is_result(name, value));
        let json = serde_json::to_vec(&members).unwrap_or_default();
        reply.body = json.into();
    }
    pass_through_counted(reply, memory)
}

/// Returns the contact centre's JSON. If files are scanned, only the result and the file pass: the link to
/// the file would bypass the scan. It is never followed. A missing result code, as in one edition, is added.
fn json_form(body: Bytes, result: &ChatResponse, is_scanned: bool) -> Result<Bytes, DownloadError> {
    if !is_scanned && result.code().is_some() {
        return Ok(body);
    }
    let undocumented = |_| DownloadError::Undocumented;
    let success = to_raw_value("0").map_err(undocumented)?;
    let mut members = members(&body).map_err(undocumented)?;
    if is_scanned {
        members.retain(|name, value| name == FILE_STREAM || is_result(name, value));
    }
    if result.code().is_none() {
        members.insert(RESULT_CODE.to_owned(), &success);
    }
    let json = serde_json::to_vec(&members).map_err(undocumented)?;
    Ok(json.into())
}

/// Returns the members of an object, without copying their values.
fn members(body: &[u8]) -> serde_json::Result<BTreeMap<String, &RawValue>> {
    serde_json::from_slice(body)
}

/// Returns whether a member describes the result, and contains no other members.
fn is_result(name: &str, value: &RawValue) -> bool {
    RESULT.contains(&name) && !value.get().starts_with(['{', '['])
}

/// Returns the file with headers that keep browsers from rendering it.
fn file_response(name: &str, media_type: &'static str, body: Body) -> Response {
    // A valid header value: the name contains only letters, digits and a hyphen.
    let disposition = format!("attachment; filename=\"{name}.{}\"", extension(media_type));
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_DISPOSITION, &disposition),
        (CONTENT_SECURITY_POLICY, "sandbox"),
    ];
    (headers, body).into_response()
}

/// Returns a name for the file, without its extension. No name is documented, and a key may contain
/// anything.
fn file_name(request: &DownloadRequest) -> String {
    let key = request.key().chars().filter(char::is_ascii_alphanumeric);
    let key: String = key.take(KEY_CHARS_IN_NAME).collect();
    format!("download-{key}")
}

/// Returns the extension of a media type that [`media_type_of_download`] returns.
fn extension(media_type: &str) -> &'static str {
    if let Some(file_type) = FileType::from_media_type(media_type) {
        return file_type.name();
    }
    match media_type {
        "application/pdf" => "pdf",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/zip" => "zip",
        _ => "bin",
    }
}
