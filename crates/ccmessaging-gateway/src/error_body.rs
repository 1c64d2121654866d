//! The JSON body of a response that the gateway itself gives.

use ccmessaging_core::{Details, ReturnCode};
use serde::Serialize;

/// The documented members `returnCode` and `returnDesc`, and two that the gateway adds for programs:
/// `reasonCode` and, if there are any, `details`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody {
    pub(crate) return_code: ReturnCode,
    /// One sentence for the caller.
    pub(crate) return_desc: String,
    /// A stable `snake_case` word.
    pub(crate) reason_code: &'static str,
    #[serde(skip_serializing_if = "Details::is_empty")]
    pub(crate) details: Details,
}

impl ErrorBody {
    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Serialization of strings and numbers does not fail.
        serde_json::to_vec(self).unwrap_or_else(|_| br#"{"returnCode":"13"}"#.to_vec())
    }
}
