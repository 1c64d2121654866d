//! The response that the gateway itself gives: JSON.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use ccmessaging_core::{Details, ReturnCode};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;

use super::verdict::Verdict;

/// The documented members `returnCode` and `returnDesc`, and two that the gateway adds for programs:
/// `reasonCode` and, if there are any, `details`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorBody {
    return_code: ReturnCode,
    /// One sentence for the caller.
    return_desc: String,
    /// A stable `snake_case` word.
    reason_code: &'static str,
    #[serde(skip_serializing_if = "Details::is_empty")]
    details: Details,
}

/// The same with the names of the chat's other calls, `resultCode` and `resultDesc`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChatErrorBody<'a> {
    result_code: ReturnCode,
    result_desc: &'a str,
    reason_code: &'static str,
    #[serde(skip_serializing_if = "Details::is_empty")]
    details: &'a Details,
}

impl ErrorBody {
    pub(super) fn new(verdict: &Verdict, return_desc: String, details: Details) -> Self {
        Self {
            return_code: verdict.return_code,
            return_desc,
            reason_code: verdict.reason_code,
            details,
        }
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        // Serialization of strings and numbers does not fail.
        serde_json::to_vec(self).unwrap_or_else(|_| br#"{"returnCode":"13"}"#.to_vec())
    }

    pub(super) fn to_chat_json(&self) -> Vec<u8> {
        let body = ChatErrorBody {
            result_code: self.return_code,
            result_desc: &self.return_desc,
            reason_code: self.reason_code,
            details: &self.details,
        };
        serde_json::to_vec(&body).unwrap_or_else(|_| br#"{"resultCode":"13"}"#.to_vec())
    }
}

/// Creates a response of JSON.
pub(crate) fn json_response(status: StatusCode, json: impl Into<Body>) -> Response {
    let headers = [(CONTENT_TYPE, "application/json")];
    (status, headers, json.into()).into_response()
}
