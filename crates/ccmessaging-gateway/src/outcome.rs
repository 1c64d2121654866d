//! How a request ended, for responses, log and metrics.

use tracing::Level;

/// The reason code of a request that was rejected because too many others were in flight.
pub(crate) const OVERLOADED: &str = "overloaded";

/// How an upload or a call of the chat ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// The contact centre stored the file.
    Stored,
    /// The call of the chat succeeded.
    Succeeded,
    /// The gateway rejected it.
    Refused,
    /// The contact centre rejected the file or the call.
    RefusedByUpstream,
    /// The contact centre responded that it failed, is overloaded or rejects the credentials.
    FailedByUpstream,
    /// The contact centre, the token service or the malware scanner sent no usable response.
    Failed,
    /// The caller disconnected while sending the body, or the program ended before the response.
    Abandoned,
    /// The gateway panicked.
    Panicked,
}

impl Outcome {
    /// Every outcome of an upload or a call, after `succeeded`, the success of that kind.
    pub(crate) fn all(succeeded: Self) -> [Self; 7] {
        [
            succeeded,
            Self::Refused,
            Self::RefusedByUpstream,
            Self::FailedByUpstream,
            Self::Failed,
            Self::Abandoned,
            Self::Panicked,
        ]
    }

    /// The level of the log line: a failure that an operator should know of, or an ordinary end.
    pub(crate) fn level(self, reason_code: Option<&str>) -> Level {
        match self {
            Self::Panicked => Level::ERROR,
            Self::Failed | Self::FailedByUpstream => Level::WARN,
            Self::Refused if reason_code == Some(OVERLOADED) => Level::WARN,
            _ => Level::INFO,
        }
    }

    /// The name in log lines and metrics, such as `stored`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::RefusedByUpstream => "refused_by_upstream",
            Self::FailedByUpstream => "failed_by_upstream",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::Panicked => "panicked",
        }
    }
}
