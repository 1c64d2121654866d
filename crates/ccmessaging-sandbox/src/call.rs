//! The four calls, and the log entry of one.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// One of the calls that the sandbox answers.
///
/// In JSON a call is its [name](Call::name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Call {
    /// `POST /apigovernance/api/oauth/tokenByAkSk`: an `AccessToken` for an app key and secret.
    TokenByAkSk,
    /// `POST /apiaccess/ccmessaging/applyToken`: a `ccmessaging-token` for a user.
    ApplyToken,
    /// `POST /apiaccess/ccmessaging/uploadFileStream`: an object key for a file.
    UploadFileStream,
    /// `POST /apiaccess/ccmessaging/downloadFileStream`: the file for an object key.
    DownloadFileStream,
}

impl Call {
    /// Every call, in the order in which a client first makes them.
    pub const ALL: [Self; 4] = [
        Self::TokenByAkSk,
        Self::ApplyToken,
        Self::UploadFileStream,
        Self::DownloadFileStream,
    ];

    /// The call's path, with the leading slash.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "/apigovernance/api/oauth/tokenByAkSk",
            Self::ApplyToken => "/apiaccess/ccmessaging/applyToken",
            Self::UploadFileStream => "/apiaccess/ccmessaging/uploadFileStream",
            Self::DownloadFileStream => "/apiaccess/ccmessaging/downloadFileStream",
        }
    }

    /// The name of the call in the documentation: the last part of its path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "tokenByAkSk",
            Self::ApplyToken => "applyToken",
            Self::UploadFileStream => "uploadFileStream",
            Self::DownloadFileStream => "downloadFileStream",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One request and its answer, as the log shows them.
///
/// It also goes out as a `tracing` event with the target `sandbox`. It holds nothing that the caller
/// wrote: no header, no path but a known call's, no part of a body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// Which call was made; `None` if the path or the method is not one of the API's.
    pub call: Option<Call>,
    /// The size of the request's body as far as it was read, in bytes.
    pub request_bytes: usize,
    /// The status of the answer; `None` if the connection was reset before any.
    pub status: Option<StatusCode>,
    /// The answer's `returnCode` or `resultCode`, if it has one.
    pub code: Option<&'static str>,
    /// The fault that was applied, as [`Fault`](crate::Fault) displays it.
    pub fault: Option<String>,
    /// From the request's head to the start of the answer.
    pub elapsed: Duration,
}

/// Called with every [`Exchange`] when its answer starts.
pub(crate) type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

impl Exchange {
    /// Writes the exchange to the log, and hands it to `observer` if there is one.
    pub(crate) fn report(&self, observer: Option<&Observer>) {
        tracing::info!(
            target: "sandbox",
            call = self.call_name(),
            request_bytes = self.request_bytes,
            status = self.status.map(|status| status.as_u16()),
            code = self.code,
            fault = self.fault.as_deref(),
            elapsed_ms = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
        if let Some(observer) = observer {
            observer(self);
        }
    }

    fn call_name(&self) -> &'static str {
        self.call.map_or("unknown", Call::name)
    }
}

impl fmt::Display for Exchange {
    /// One line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18} ", self.call_name())?;
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
