//! Why an upstream call gave no usable answer.

use http::StatusCode;

/// A call to the upstream failed. The texts name no address and no content; the log's line adds
/// the transport's own words.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// No connection, or no TLS session on it.
    #[error("the contact centre cannot be reached")]
    Connect(#[source] hyper_util::client::legacy::Error),
    /// The connection broke before the answer began.
    #[error("the contact centre broke off before it answered")]
    BrokenOff(#[source] hyper_util::client::legacy::Error),
    /// The answer broke off.
    #[error("the contact centre's answer broke off")]
    AnswerBrokenOff(#[source] hyper::Error),
    /// The deadline passed.
    #[error("the contact centre did not answer in time")]
    TimedOut,
    /// There is an answer, but not one of the API's.
    #[error("the contact centre answered with status {}, but {problem}", status.as_u16())]
    Undocumented {
        /// Its status.
        status: StatusCode,
        /// What is wrong with it.
        problem: AnswerProblem,
    },
}

/// What makes an answer unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerProblem {
    /// It is not a JSON object in the documented shape.
    #[error("not with the documented JSON")]
    NotDocumented,
    /// It is longer than any documented answer.
    #[error("with far more than the documented JSON")]
    TooLong,
    /// It points elsewhere; redirects are never followed, because the body is a customer's file.
    #[error("a redirect is not followed")]
    Redirect,
}

impl UpstreamError {
    /// Whether the same call may succeed a moment later: the upstream never gave an answer.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect(_) | Self::BrokenOff(_) => true,
            Self::AnswerBrokenOff(_) | Self::TimedOut | Self::Undocumented { .. } => false,
        }
    }

    /// The chain of causes, for the log.
    #[must_use]
    pub fn causes(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}
