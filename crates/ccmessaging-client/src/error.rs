//! Why a call gave no usable answer.

use std::error::Error;
use std::io;
use std::time::Duration;

use http::StatusCode;
use hyper_util::client::legacy;

type Source = Box<dyn Error + Send + Sync>;

/// A call gave no usable answer. No text names an address or content; [`causes`](Self::causes) adds
/// the transport's own words, for a log.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection.
    #[error("the contact centre cannot be reached")]
    Connect(#[source] Source),
    /// A connection, but no TLS session on it: the certificate is not trusted, say, or the other
    /// side does not speak TLS.
    #[error("no secure connection to the contact centre can be made")]
    NotSecure(#[source] Source),
    /// The connection broke before the answer began.
    #[error("the contact centre broke off before it answered")]
    BrokenOff(#[source] Source),
    /// What came instead of an answer's head is not HTTP, or far more than a head.
    #[error("the contact centre's answer cannot be read as HTTP")]
    NotHttp(#[source] Source),
    /// Interim answers (1xx) come, and no final one.
    #[error("the contact centre sends interim answers without end")]
    OnlyInterim,
    /// The answer broke off.
    #[error("the contact centre's answer broke off")]
    AnswerBrokenOff(#[source] Source),
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

impl CallError {
    /// Why the transport has no answer to show.
    pub(crate) fn without_answer(error: legacy::Error) -> Self {
        if error.is_connect() {
            if refuses_tls(&error) {
                Self::NotSecure(error.into())
            } else {
                Self::Connect(error.into())
            }
        } else if is_unreadable(&error) {
            Self::NotHttp(error.into())
        } else {
            Self::BrokenOff(error.into())
        }
    }

    /// Whether the same call may succeed a moment later: the answer never began.
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

    /// Whether the answer was a 401: an access token that is refused, whatever else is wrong.
    #[must_use]
    pub fn refuses_token(&self) -> bool {
        matches!(
            self,
            Self::Undocumented {
                status: StatusCode::UNAUTHORIZED,
                ..
            }
        )
    }

    /// The sentence with its chain of causes, for a log.
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

/// Why there is no access token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TokenError {
    /// The service does not know this pair of key and secret, or not any more.
    #[error("the token service refuses the app key or its secret (status {status})")]
    KeyRefused {
        /// The service's status: 400, 401 or 403.
        status: u16,
    },
    /// The service cannot be reached, or gives no usable answer.
    #[error("the token service gives no access token: {reason}")]
    Unavailable {
        /// What happened instead.
        reason: String,
        /// How long the service asks not to be called (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The app secret cannot be read from where it is kept.
    #[error("the app secret cannot be read: {reason}")]
    SecretUnreadable {
        /// What happened instead.
        reason: String,
    },
}

impl TokenError {
    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable {
            reason: reason.into(),
            retry_after: None,
        }
    }

    /// How long the token service asks to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            Self::KeyRefused { .. } | Self::SecretUnreadable { .. } => None,
        }
    }
}

impl From<CallError> for TokenError {
    fn from(error: CallError) -> Self {
        Self::unavailable(error.causes())
    }
}

fn causes_of<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// Whether TLS itself decided; a connection that merely broke in the handshake is an error of the
/// transport.
fn refuses_tls(error: &legacy::Error) -> bool {
    std::iter::successors(error.source(), |&cause| {
        match cause.downcast_ref::<io::Error>() {
            // An I/O error does not name what it wraps as its source.
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
