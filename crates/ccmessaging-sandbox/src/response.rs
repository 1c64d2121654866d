//! Response bodies in their documented formats.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

/// The documented values of `returnCode` and `resultCode`, which are strings in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Success,
    HistoryFailed,
    MissingParameter,
    IncorrectParameter,
    DecodingFailed,
    StoringFailed,
    Unauthorized,
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::HistoryFailed => "1",
            Self::MissingParameter => "2",
            Self::IncorrectParameter => "3",
            Self::DecodingFailed | Self::StoringFailed => "13",
            Self::Unauthorized => "401",
        }
    }

    /// Returns the description in the documentation's Chinese edition.
    const fn description(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::HistoryFailed => "query failed",
            Self::MissingParameter => "Param is null",
            Self::IncorrectParameter => "Requested param validate failed",
            Self::DecodingFailed => "decode file failed",
            Self::StoringFailed => "upload file exception",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// The fields of a response body that contain the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFormat {
    /// `returnCode`.
    ReturnCode,
    /// `resultCode` and `resultDesc`.
    ResultCode,
    /// `errorCode` and `exceptionInfo`: the API fabric in front of the contact centre.
    Fabric,
}

/// A complete response, before a fault modifies it.
#[derive(Clone, Debug)]
pub(crate) struct CallResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The code for the log.
    pub(crate) code: Option<&'static str>,
}

impl CallResponse {
    pub(crate) fn new(
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
        Self::new(status, "application/json", body.to_string())
    }

    /// Returns a response with `code` in the call's format, and with further `fields`.
    pub(crate) fn coded<const N: usize>(
        format: BodyFormat,
        status: StatusCode,
        code: Code,
        fields: [(&str, Value); N],
    ) -> Self {
        let mut object = match format {
            BodyFormat::ReturnCode => json!({"returnCode": code.as_str()}),
            BodyFormat::ResultCode => {
                json!({"resultCode": code.as_str(), "resultDesc": code.description()})
            }
            BodyFormat::Fabric => fabric_error(code.description()),
        };
        for (name, value) in fields {
            object[name] = value;
        }
        let mut response = Self::json(status, &object);
        response.code = (format != BodyFormat::Fabric).then(|| code.as_str());
        response
    }

    /// Returns a rejection by the API fabric, which checks a call before the contact centre does.
    pub(crate) fn forbidden(info: &str) -> Self {
        Self::json(StatusCode::FORBIDDEN, &fabric_error(info))
    }

    /// Sets a header, unless `value` is not a valid header value.
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
