//! Responses to an upload: which of them the API documents.

use std::borrow::Cow;

use ccmessaging_core::ReturnCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::response::CallResponse;
use crate::transport::RawResponse;
use crate::{CallError, InvalidResponse};

/// The members by which the contact centre and the API gateways in front of it explain a response.
const DESCRIPTIONS: [&str; 4] = ["returnDesc", "resultDesc", "exceptionInfo", "error_msg"];

impl CallResponse<UploadResponse> {
    /// Returns whether the contact centre stored the file: status, return code and object key agree.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.status.is_success() && matches!(self.result, UploadResponse::Stored { .. })
    }

    /// Returns the sentence by which the response explains itself, such as `returnDesc`. It is the
    /// service's own text and may quote the request.
    #[must_use]
    pub fn description(&self) -> Option<String> {
        let mut object: Map<String, Value> = serde_json::from_slice(&self.body).ok()?;
        DESCRIPTIONS
            .iter()
            .find_map(|name| match object.remove(*name) {
                Some(Value::String(text)) if !text.is_empty() => Some(text),
                _ => None,
            })
    }

    /// Accepts a response that the API documents. One that says that the file is stored counts only
    /// if all of the request had been written before.
    pub(super) fn read(mut raw: RawResponse) -> Result<Self, CallError> {
        let status = raw.status;
        let body = raw.take_documented_body()?;
        let result = UploadResponse::parse(&body)
            // A success must have a documented return code.
            .filter(|result| !status.is_success() || *result != UploadResponse::Other)
            .ok_or_else(|| raw.unexpected(InvalidResponse::Undocumented))?;
        let is_stored = matches!(result, UploadResponse::Stored { .. });
        if status.is_success() && is_stored && !raw.is_sent_whole {
            return Err(raw.unexpected(InvalidResponse::PrematureSuccess));
        }
        let has_code = result.return_code().is_some();
        Ok(Self::new(raw, body, result, has_code))
    }
}

/// The content of a JSON response to `uploadFileStream`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadResponse {
    /// Return code `0` with the stored file's key.
    Stored {
        /// The key by which chat messages refer to the file.
        object_key: String,
    },
    /// Another return code: the contact centre rejected the file.
    Rejected {
        /// The code as the contact centre wrote it.
        return_code: String,
    },
    /// A JSON object of another shape, such as the API fabric's
    /// `{"errorCode":"0","exceptionInfo":"…"}`.
    Other,
}

/// The members of the response. One edition of the documentation calls `returnCode` `resultCode`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(borrow, default)]
    return_code: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    result_code: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    object_key: Option<Cow<'a, str>>,
}

impl UploadResponse {
    /// Returns the return code as the contact centre wrote it; `None` if the response has none.
    #[must_use]
    pub fn return_code(&self) -> Option<&str> {
        match self {
            Self::Stored { .. } => Some(ReturnCode::Success.as_str()),
            Self::Rejected { return_code } => Some(return_code),
            Self::Other => None,
        }
    }

    /// Parses a response body. Returns `None` if it is not a JSON object, has two different return codes,
    /// or reports success without a key: only an unambiguous response means that a file is stored.
    ///
    /// ```
    /// use ccmessaging_client::UploadResponse;
    ///
    /// let response = UploadResponse::parse(br#"{"returnCode":"0","objectKey":"b6ed"}"#);
    /// assert_eq!(response, Some(UploadResponse::Stored { object_key: "b6ed".into() }));
    /// assert_eq!(UploadResponse::parse(b"<html>"), None);
    /// ```
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        // The derived `Deserialize` would also accept an array of the members.
        if !body.trim_ascii_start().starts_with(b"{") {
            return None;
        }
        let Ok(fields) = serde_json::from_slice::<Fields<'_>>(body) else {
            // The members have other JSON types: still a response if it is an object without a code.
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(body).ok()?;
            let claims_code =
                object.contains_key("returnCode") || object.contains_key("resultCode");
            return (!claims_code).then_some(Self::Other);
        };
        let code = match (fields.return_code, fields.result_code) {
            // No edition documents both, so it is ambiguous which one is valid.
            (Some(one), Some(other)) if one != other => return None,
            (Some(code), _) | (None, Some(code)) => code,
            (None, None) => return Some(Self::Other),
        };
        if code != ReturnCode::Success.as_str() {
            return Some(Self::Rejected {
                return_code: code.into_owned(),
            });
        }
        let object_key = fields.object_key.filter(|key| !key.is_empty())?;
        Some(Self::Stored {
            object_key: object_key.into_owned(),
        })
    }
}
