//! The API's answers: reading the contact centre's, writing the gateway's own.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::Details;

/// A `returnCode` of the API.
///
/// It travels as a string. As a number (`code as u8`) it is the documented one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ReturnCode {
    /// `0`: the file is stored.
    Success = 0,
    /// `2`: a mandatory parameter is missing ("Param is null").
    MissingParameter = 2,
    /// `3`: a parameter is incorrect ("Requested param validate failed").
    IncorrectParameter = 3,
    /// `13`: the upload failed ("upload file exception").
    UploadFailure = 13,
}

impl ReturnCode {
    /// The code as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::MissingParameter => "2",
            Self::IncorrectParameter => "3",
            Self::UploadFailure => "13",
        }
    }
}

impl fmt::Display for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ReturnCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An answer of the gateway itself, in the API's documented shape.
///
/// The gateway adds to the documented shape: `returnDesc`, one sentence for people; `reasonCode`, a
/// word for programs; and `details`, where there are any.
///
/// ```
/// use ccmessaging_core::{Answer, UploadRequest};
///
/// let error = UploadRequest::from_json(r#"{"fileType":"jpg","channel":"WEB"}"#).unwrap_err();
/// let answer = Answer::new(error.return_code(), error.to_string())
///     .with_reason(error.reason_code(), error.details());
/// assert_eq!(
///     String::from_utf8_lossy(&answer.to_json()),
///     concat!(
///         r#"{"returnCode":"2","returnDesc":"fileStream is missing; send the file's bytes in Base64","#,
///         r#""reasonCode":"missing_field","details":{"field":"fileStream"}}"#
///     )
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    return_code: ReturnCode,
    return_desc: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Details::is_empty")]
    details: Details,
}

impl Answer {
    /// A refusal or failure with its sentence.
    #[must_use]
    pub fn new(return_code: ReturnCode, return_desc: impl Into<String>) -> Self {
        Self {
            return_code,
            return_desc: return_desc.into(),
            reason_code: None,
            details: Details::default(),
        }
    }

    /// Adds the reason for programs: a stable `snake_case` word, such as
    /// [`UploadError::reason_code`](crate::UploadError::reason_code) gives, and what is known beside it.
    #[must_use]
    pub fn with_reason(self, reason_code: &'static str, details: Details) -> Self {
        Self {
            reason_code: Some(reason_code),
            details,
            ..self
        }
    }

    /// The answer as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|_| br#"{"returnCode":"13"}"#.to_vec())
    }
}

/// What the contact centre's answer to `uploadFileStream` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamAnswer {
    /// Return code `0` with the stored file's key.
    Stored {
        /// The key that a later chat message carries.
        object_key: String,
    },
    /// Another return code: the contact centre refused the file.
    Refused {
        /// The code as the contact centre wrote it.
        return_code: String,
    },
    /// A JSON object of another shape, such as the API fabric's
    /// `{"errorCode":"0","exceptionInfo":"…"}`.
    Other,
}

/// The names of two documentation editions: `returnCode` and, in one edition, `resultCode`.
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

impl UpstreamAnswer {
    /// The return code, as the contact centre wrote it; `None` if the answer has none.
    #[must_use]
    pub fn return_code(&self) -> Option<&str> {
        match self {
            Self::Stored { .. } => Some(ReturnCode::Success.as_str()),
            Self::Refused { return_code } => Some(return_code),
            Self::Other => None,
        }
    }

    /// Reads an answer's body. `None` if it is not a JSON object, has two different return codes, or
    /// claims success without a key: a file is not reported as stored unless it certainly is.
    ///
    /// ```
    /// use ccmessaging_core::UpstreamAnswer;
    ///
    /// let answer = UpstreamAnswer::parse(br#"{"returnCode":"0","objectKey":"b6ed"}"#);
    /// assert_eq!(answer, Some(UpstreamAnswer::Stored { object_key: "b6ed".into() }));
    /// assert_eq!(UpstreamAnswer::parse(b"<html>"), None);
    /// ```
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        // The derived reader would also take an array of the members.
        if !body.trim_ascii_start().starts_with(b"{") {
            return None;
        }
        let Ok(fields) = serde_json::from_slice::<Fields<'_>>(body) else {
            // Fields of other JSON types: still an answer if it is an object.
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(body).ok()?;
            let claims_code =
                object.contains_key("returnCode") || object.contains_key("resultCode");
            return (!claims_code).then_some(Self::Other);
        };
        let code = match (fields.return_code, fields.result_code) {
            // No edition has both, so nobody can say which one holds.
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
