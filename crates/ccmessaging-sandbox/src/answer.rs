//! The JSON that the upstream answers with, in its documented spellings.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

/// Which edition of the documentation the answers of uploadFileStream follow.
///
/// The other calls are spelled alike in every edition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// `{"returnCode":"0","objectKey":"…"}`, as in the examples.
    #[default]
    ReturnCode,
    /// `{"resultCode":"0","resultDesc":"…","objectKey":"…"}`, as in one edition's table.
    ResultCode,
}

/// The documented values of `returnCode` and `resultCode`; strings in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Success,
    MissingParameter,
    IncorrectParameter,
    DecodingFailed,
    StoringFailed,
    Unauthorised,
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::MissingParameter => "2",
            Self::IncorrectParameter => "3",
            Self::DecodingFailed | Self::StoringFailed => "13",
            Self::Unauthorised => "401",
        }
    }

    /// The wording of the documentation's Chinese edition.
    const fn description(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::MissingParameter => "Param is null",
            Self::IncorrectParameter => "Requested param validate failed",
            Self::DecodingFailed => "decode file failed",
            Self::StoringFailed => "upload file exception",
            Self::Unauthorised => "unauthorized",
        }
    }
}

/// The names under which an answer carries its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `returnCode`.
    ReturnCode,
    /// `resultCode` and `resultDesc`.
    ResultCode,
    /// `errorCode` and `exceptionInfo`: the API fabric in front of the contact centre.
    Fabric,
}

impl From<Spelling> for Shape {
    fn from(spelling: Spelling) -> Self {
        match spelling {
            Spelling::ReturnCode => Self::ReturnCode,
            Spelling::ResultCode => Self::ResultCode,
        }
    }
}

/// A complete answer, before a fault may spoil it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What the log shows of the body.
    pub(crate) code: Option<&'static str>,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            code: None,
        }
    }

    /// An answer with any body at all.
    pub(crate) fn with_body(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        let mut answer = Self::empty(status);
        answer
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        answer.body = body.into();
        answer
    }

    /// A JSON object.
    pub(crate) fn json(status: StatusCode, object: Map<String, Value>) -> Self {
        let body = Value::Object(object).to_string();
        Self::with_body(status, "application/json", body)
    }

    /// A code in the call's shape, with the fields that go with it.
    pub(crate) fn coded<const N: usize>(
        shape: Shape,
        status: StatusCode,
        code: Code,
        fields: [(&str, String); N],
    ) -> Self {
        let mut object = Map::new();
        let mut put = |name: &str, value: String| object.insert(name.into(), Value::String(value));
        match shape {
            Shape::ReturnCode => {
                put("returnCode", code.as_str().into());
            }
            Shape::ResultCode => {
                put("resultCode", code.as_str().into());
                put("resultDesc", code.description().into());
            }
            Shape::Fabric => {
                put("errorCode", "0".into());
                put("exceptionInfo", code.description().into());
            }
        }
        for (name, value) in fields {
            put(name, value);
        }
        let mut answer = Self::json(status, object);
        answer.code = (shape != Shape::Fabric).then(|| code.as_str());
        answer
    }

    /// A refusal by the API fabric, which comes before the contact centre sees the call.
    pub(crate) fn fabric(status: StatusCode, info: &str) -> Self {
        let mut object = Map::new();
        object.insert("errorCode".into(), "0".into());
        object.insert("exceptionInfo".into(), info.into());
        Self::json(status, object)
    }

    /// The answer as the server sends it.
    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// Adds a header; a value that no header can carry is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}
