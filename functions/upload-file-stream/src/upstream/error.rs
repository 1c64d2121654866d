//! Why an upstream call gave no usable answer.

use std::error::Error;
use std::io;

use http::StatusCode;
use hyper_util::client::legacy;

/// A call to the upstream failed. The texts name no address and no content; the log's line adds
/// the transport's own words.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// No connection.
    #[error("the contact centre cannot be reached")]
    Connect(#[source] legacy::Error),
    /// A connection, but no TLS session on it: the certificate is not trusted, say, or the other
    /// side does not speak TLS.
    #[error("no secure connection to the contact centre can be made")]
    NotSecure(#[source] legacy::Error),
    /// The connection broke before the answer began.
    #[error("the contact centre broke off before it answered")]
    BrokenOff(#[source] legacy::Error),
    /// What came instead of an answer's head is not HTTP, or far more than a head.
    #[error("the contact centre's answer cannot be read as HTTP")]
    NotHttp(#[source] legacy::Error),
    /// Interim answers (1xx) come, and no final one.
    #[error("the contact centre sends interim answers without end")]
    OnlyInterim,
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
    /// It reports success although not all of the file had been sent.
    #[error("before it had the whole file")]
    TooEarly,
    /// It is longer than any documented answer.
    #[error("with far more than the documented JSON")]
    TooLong,
    /// It points elsewhere; redirects are never followed, because the body is a customer's file.
    #[error("a redirect is not followed")]
    Redirect,
}

impl UpstreamError {
    /// Why the client has no answer to show.
    pub(super) fn without_answer(error: legacy::Error) -> Self {
        if error.is_connect() {
            if refuses_tls(&error) {
                Self::NotSecure(error)
            } else {
                Self::Connect(error)
            }
        } else if is_unreadable(&error) {
            Self::NotHttp(error)
        } else {
            Self::BrokenOff(error)
        }
    }

    /// Whether the same call may succeed a moment later: the upstream never began to answer.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect(_) | Self::BrokenOff(_) => true,
            Self::NotSecure(_)
            | Self::NotHttp(_)
            | Self::OnlyInterim
            | Self::AnswerBrokenOff(_)
            | Self::TimedOut
            | Self::Undocumented { .. } => false,
        }
    }

    /// The chain of causes, for the log.
    #[must_use]
    pub fn causes(&self) -> String {
        let mut text = self.to_string();
        for cause in causes_of(self) {
            text.push_str(": ");
            text.push_str(&cause.to_string());
        }
        text
    }
}

fn causes_of<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// Whether TLS itself came to a verdict: a connection that merely broke in the handshake is an
/// error of the transport.
fn refuses_tls(error: &legacy::Error) -> bool {
    std::iter::successors(error.source(), |&cause| {
        match cause.downcast_ref::<io::Error>() {
            // An I/O error is seen through: it does not name what it wraps as its source.
            Some(error) => error
                .get_ref()
                .map(|wrapped| wrapped as &(dyn Error + 'static)),
            None => cause.source(),
        }
    })
    .any(<dyn Error>::is::<rustls::Error>)
}

fn is_unreadable(error: &legacy::Error) -> bool {
    causes_of(error)
        .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
        .any(hyper::Error::is_parse)
}
