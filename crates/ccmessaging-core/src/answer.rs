//! The API's answers: reading the upstream's, writing the gateway's own.

use serde::{Deserialize, Serialize};

use crate::ReturnCode;

/// An answer in the API's documented shape, as the gateway itself gives it.
///
/// `returnDesc` is the gateway's only addition to the documented shape: one plain sentence that
/// says which field is wrong, how, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    return_code: ReturnCode,
    return_desc: String,
}

impl Answer {
    /// A refusal or failure with its sentence.
    #[must_use]
    pub fn new(return_code: ReturnCode, return_desc: impl Into<String>) -> Self {
        Self {
            return_code,
            return_desc: return_desc.into(),
        }
    }

    /// The answer as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|_| br#"{"returnCode":"13"}"#.to_vec())
    }
}

/// What an upstream answer to `uploadFileStream` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamAnswer {
    /// Return code `0` with the stored file's key.
    Stored {
        /// The key that a later chat message carries.
        object_key: String,
    },
    /// Another return code: the upstream refused the file.
    Refused {
        /// The code as the upstream wrote it.
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
    return_code: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    result_code: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    object_key: Option<std::borrow::Cow<'a, str>>,
}

impl UpstreamAnswer {
    /// Reads an answer's body: `None` where it is not a JSON object, names two return codes, or
    /// claims success without a key (nothing is reported stored that may not be).
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
        // The derived reader would take an array of the members too.
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if first != Some(&b'{') {
            return None;
        }
        let Ok(fields) = serde_json::from_slice::<Fields<'_>>(body) else {
            // Not the documented types of fields: still an answer if it is an object.
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(body).ok()?;
            let claims_code =
                object.contains_key("returnCode") || object.contains_key("resultCode");
            return (!claims_code).then_some(Self::Other);
        };
        let code = match (fields.return_code, fields.result_code) {
            // No edition has both, so which of the two is true is anybody's guess.
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
