//! The calls, and the log entry of a call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

/// A call of the API.
///
/// In JSON it is its [name](Call::name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Call {
    /// `POST /apigovernance/api/oauth/tokenByAkSk`: returns an `AccessToken` for an app key and secret.
    TokenByAkSk,
    /// `POST /apiaccess/ccmessaging/applyToken`: returns a `ccmessaging-token` for a user.
    ApplyToken,
    /// `POST /apiaccess/ccmessaging/uploadFileStream`: stores a file and returns its object key.
    UploadFileStream,
    /// `POST /apiaccess/ccmessaging/downloadFileStream`: returns the file with an object key.
    DownloadFileStream,
    /// `POST /apiaccess/ccmessaging/send`: sends a message of the customer.
    Send,
    /// `POST /apiaccess/ccmessaging/sendAsync`: as `send`, but only acknowledges the message.
    SendAsync,
    /// `GET /apiaccess/ccmessaging/poll`: returns the messages for the customer.
    Poll,
    /// `POST /apiaccess/ccmessaging/queryHistoryChatMessage`: returns earlier messages.
    QueryHistoryChatMessage,
}

impl Call {
    /// All calls, in the order in which a client first makes them.
    pub const ALL: &'static [Self] = &[
        Self::TokenByAkSk,
        Self::ApplyToken,
        Self::UploadFileStream,
        Self::DownloadFileStream,
        Self::Send,
        Self::SendAsync,
        Self::Poll,
        Self::QueryHistoryChatMessage,
    ];

    /// Returns the call's method: GET for `poll`, POST for all others.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Poll => Method::GET,
            _ => Method::POST,
        }
    }

    /// Returns the call's path, with the leading slash.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "/apigovernance/api/oauth/tokenByAkSk",
            Self::ApplyToken => "/apiaccess/ccmessaging/applyToken",
            Self::UploadFileStream => "/apiaccess/ccmessaging/uploadFileStream",
            Self::DownloadFileStream => "/apiaccess/ccmessaging/downloadFileStream",
            Self::Send => "/apiaccess/ccmessaging/send",
            Self::SendAsync => "/apiaccess/ccmessaging/sendAsync",
            Self::Poll => "/apiaccess/ccmessaging/poll",
            Self::QueryHistoryChatMessage => "/apiaccess/ccmessaging/queryHistoryChatMessage",
        }
    }

    /// Returns the name of the call in the documentation: the last segment of its path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "tokenByAkSk",
            Self::ApplyToken => "applyToken",
            Self::UploadFileStream => "uploadFileStream",
            Self::DownloadFileStream => "downloadFileStream",
            Self::Send => "send",
            Self::SendAsync => "sendAsync",
            Self::Poll => "poll",
            Self::QueryHistoryChatMessage => "queryHistoryChatMessage",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The log entry of a request and its response.
///
/// It contains no header, no part of a body, and no path except that of a known call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// The requested call; `None` if the path or method is unknown.
    pub call: Option<Call>,
    /// How many bytes of the request's body were read.
    pub request_bytes: usize,
    /// The status of the response; `None` if the connection was reset before one.
    pub status: Option<StatusCode>,
    /// The response's `returnCode` or `resultCode`, if it has one.
    pub code: Option<&'static str>,
    /// The injected fault, as [`Fault`](crate::Fault) displays it.
    pub fault: Option<String>,
    /// The time from the request's head to the start of the response.
    pub elapsed: Duration,
}

/// Called with every [`Exchange`] just before its response is sent.
pub(crate) type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

impl fmt::Display for Exchange {
    /// Writes one human-readable line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18} ", self.call.map_or("unknown", Call::name))?;
        match self.status {
            Some(status) => write!(f, "{}", status.as_u16())?,
            None => f.write_str("reset")?,
        }
        if let Some(code) = self.code {
            write!(f, " code {code}")?;
        }
        let milliseconds = self.elapsed.as_millis();
        write!(f, ", {} bytes in, {milliseconds} ms", self.request_bytes)?;
        match &self.fault {
            Some(fault) => write!(f, ", fault {fault}"),
            None => Ok(()),
        }
    }
}
