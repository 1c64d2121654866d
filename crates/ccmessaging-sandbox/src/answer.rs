//! The JSON that the upstream answers with, in its documented spellings.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

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
    /// An answer with any body at all.
    pub(crate) fn with_body(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        Self {
            status,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]),
            body: body.into(),
            code: None,
        }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::with_body(status, "application/json", body.to_string())
    }

    /// A code in the call's shape, with the fields that go with it.
    pub(crate) fn coded<const N: usize>(
        shape: Shape,
        status: StatusCode,
        code: Code,
        fields: [(&str, String); N],
    ) -> Self {
        let mut object = match shape {
            Shape::ReturnCode => json!({"returnCode": code.as_str()}),
            Shape::ResultCode => {
                json!({"resultCode": code.as_str(), "resultDesc": code.description()})
            }
            Shape::Fabric => fabric_error(code.description()),
        };
        for (name, value) in fields {
            object[name] = value.into();
        }
        let mut answer = Self::json(status, &object);
        answer.code = (shape != Shape::Fabric).then(|| code.as_str());
        answer
    }

    /// A rejection by the API fabric, before the contact centre sees the call.
    pub(crate) fn forbidden(info: &str) -> Self {
        Self::json(StatusCode::FORBIDDEN, &fabric_error(info))
    }

    /// Adds a header; a value that no header can carry is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

fn fabric_error(info: &str) -> Value {
    json!({"errorCode": "0", "exceptionInfo": info})
}
