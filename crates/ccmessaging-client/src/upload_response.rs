//! The JSON body of a response to `uploadFileStream`.

use std::borrow::Cow;

use ccmessaging_core::ReturnCode;
use serde::Deserialize;

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
    Refused {
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
            Self::Refused { return_code } => Some(return_code),
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
            return Some(Self::Refused {
                return_code: code.into_owned(),
            });
        }
        let object_key = fields.object_key.filter(|key| !key.is_empty())?;
        Some(Self::Stored {
            object_key: object_key.into_owned(),
        })
    }
}
