//! The error of a call without a usable response.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use hyper_util::client::legacy;

/// Shared, so that errors can be cloned.
type Source = Arc<dyn Error + Send + Sync>;

/// The service that a call is made to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// The contact centre's messaging API.
    ContactCentre,
    /// The service that issues access tokens (`tokenByAkSk`).
    TokenService,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContactCentre => "the contact centre",
            Self::TokenService => "the token service",
        })
    }
}

/// A call returned no usable response.
///
/// `Display` is one sentence that names the peer, but no address and no content.
/// [`causes`](Self::causes) appends the transport's own errors, for a log.
#[derive(Clone, Debug)]
pub struct CallError {
    peer: Peer,
    kind: CallErrorKind,
    pub(crate) attempts: u32,
    pub(crate) session_token: Option<HeaderValue>,
    pub(crate) request_id: Option<String>,
}

/// Why a call returned no usable response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CallErrorKind {
    /// No connection could be opened.
    Connect(Source),
    /// A connection was opened, but the TLS handshake failed: the certificate is not trusted, for
    /// example, or the peer does not speak TLS.
    Tls(Source),
    /// The connection was closed before the response began.
    ConnectionClosed(Source),
    /// The response's head is not HTTP, or is far too long.
    NotHttp(Source),
    /// The peer sent many interim responses (1xx) and no final one.
    TooManyInformational,
    /// The connection was closed within the response's body.
    IncompleteResponse(Source),
    /// The deadline passed.
    TimedOut,
    /// The response is not one that the API documents.
    UnexpectedResponse {
        /// The response's status.
        status: StatusCode,
        /// Why the response cannot be used.
        problem: InvalidResponse,
        /// How long the response asks to wait before the next call (`Retry-After`).
        retry_after: Option<Duration>,
    },
}

/// What makes a response unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidResponse {
    /// The status reports a failure, and the response says no more about it.
    Status,
    /// The body is not a JSON object of the documented shape.
    Undocumented,
    /// It reports success although part of the file had not been sent.
    PrematureSuccess,
    /// It is longer than any documented response.
    TooLong,
    /// Not enough memory is available for it: see
    /// [`CallRequest::reserve_memory`](crate::CallRequest::reserve_memory).
    NoMemory,
    /// It is a redirect. Redirects are never followed, because the body is a customer's file.
    Redirect,
}

/// A coarse classification of [`CallErrorKind`], for status codes and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallErrorClass {
    /// No usable connection: [`Connect`](CallErrorKind::Connect) or [`Tls`](CallErrorKind::Tls).
    Unreachable,
    /// The deadline passed.
    TimedOut,
    /// The connection was closed before the end of the response.
    Interrupted,
    /// There is a response, but no usable one.
    InvalidResponse,
}

impl CallError {
    /// Creates an error of a call that was attempted once.
    #[must_use]
    pub fn new(peer: Peer, kind: CallErrorKind) -> Self {
        Self {
            peer,
            kind,
            attempts: 1,
            session_token: None,
            request_id: None,
        }
    }

    /// Classifies an error of the transport, which has no response.
    pub(crate) fn without_response(peer: Peer, error: legacy::Error) -> Self {
        let kind = if error.is_connect() {
            if is_tls_error(&error) {
                CallErrorKind::Tls(Arc::new(error))
            } else {
                CallErrorKind::Connect(Arc::new(error))
            }
        } else if is_parse_error(&error) {
            CallErrorKind::NotHttp(Arc::new(error))
        } else {
            CallErrorKind::ConnectionClosed(Arc::new(error))
        };
        Self::new(peer, kind)
    }

    /// Returns the service that was called.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// Returns what went wrong.
    #[must_use]
    pub fn kind(&self) -> &CallErrorKind {
        &self.kind
    }

    /// Returns the class of what went wrong.
    #[must_use]
    pub fn class(&self) -> CallErrorClass {
        match self.kind {
            CallErrorKind::Connect(_) | CallErrorKind::Tls(_) => CallErrorClass::Unreachable,
            CallErrorKind::TimedOut => CallErrorClass::TimedOut,
            CallErrorKind::ConnectionClosed(_) | CallErrorKind::IncompleteResponse(_) => {
                CallErrorClass::Interrupted
            }
            CallErrorKind::NotHttp(_)
            | CallErrorKind::TooManyInformational
            | CallErrorKind::UnexpectedResponse { .. } => CallErrorClass::InvalidResponse,
        }
    }

    /// Returns how often the call was attempted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the newest session token of all responses to this call. It replaces the one that was
    /// sent, although the call failed.
    #[must_use]
    pub fn session_token(&self) -> Option<&HeaderValue> {
        self.session_token.as_ref()
    }

    /// Returns the identifier that the service gave the call (`x-request-id`), if there was a response
    /// with one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the response's status, if there was a response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.kind {
            CallErrorKind::UnexpectedResponse { status, .. } => Some(status),
            _ => None,
        }
    }

    /// Returns how long the peer asks to wait before the next call (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            CallErrorKind::UnexpectedResponse { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// Returns whether the same call may succeed later: the peer was unreachable, slow, overloaded or
    /// failed. A TLS handshake that failed, and any other unexpected response, needs an operator.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.kind {
            CallErrorKind::Connect(_)
            | CallErrorKind::ConnectionClosed(_)
            | CallErrorKind::IncompleteResponse(_)
            | CallErrorKind::TimedOut => true,
            CallErrorKind::UnexpectedResponse { status, .. } => is_transient_status(status),
            CallErrorKind::Tls(_)
            | CallErrorKind::NotHttp(_)
            | CallErrorKind::TooManyInformational => false,
        }
    }

    /// Returns whether the peer may have received the request all the same, so that sending a message again may
    /// show it twice.
    #[must_use]
    pub fn may_have_been_received(&self) -> bool {
        self.class() != CallErrorClass::Unreachable
    }

    /// Returns whether the response is a 401: the access token was rejected, regardless of the body.
    #[must_use]
    pub fn rejects_token(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns the sentence followed by its chain of causes, for a log.
    #[must_use]
    pub fn causes(&self) -> String {
        with_causes(self)
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = self.peer;
        match &self.kind {
            CallErrorKind::Connect(_) => write!(f, "{peer} cannot be reached"),
            CallErrorKind::Tls(_) => write!(f, "the TLS handshake with {peer} failed"),
            CallErrorKind::ConnectionClosed(_) => {
                write!(f, "{peer} closed the connection before it responded")
            }
            CallErrorKind::NotHttp(_) => write!(f, "{peer}'s response is not valid HTTP"),
            CallErrorKind::TooManyInformational => {
                write!(f, "{peer} sent too many 1xx responses")
            }
            CallErrorKind::IncompleteResponse(_) => write!(f, "{peer}'s response was truncated"),
            CallErrorKind::TimedOut => write!(f, "{peer} did not respond in time"),
            CallErrorKind::UnexpectedResponse {
                status, problem, ..
            } => {
                write!(f, "{peer} responded with status {}", status.as_u16())?;
                f.write_str(match problem {
                    InvalidResponse::Status => "",
                    InvalidResponse::Undocumented => ", but the body is not the documented JSON",
                    InvalidResponse::PrematureSuccess => " before it had received the whole file",
                    InvalidResponse::TooLong => {
                        ", but the body is longer than any documented response"
                    }
                    InvalidResponse::NoMemory => {
                        ", but not enough memory is available for the body"
                    }
                    InvalidResponse::Redirect => ", but redirects are not followed",
                })
            }
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            CallErrorKind::Connect(source)
            | CallErrorKind::Tls(source)
            | CallErrorKind::ConnectionClosed(source)
            | CallErrorKind::NotHttp(source)
            | CallErrorKind::IncompleteResponse(source) => Some(&**source),
            CallErrorKind::TooManyInformational
            | CallErrorKind::TimedOut
            | CallErrorKind::UnexpectedResponse { .. } => None,
        }
    }
}

/// The error of a response without `Retry-After`.
pub(crate) fn unexpected(peer: Peer, status: StatusCode, problem: InvalidResponse) -> CallError {
    let kind = CallErrorKind::UnexpectedResponse {
        status,
        problem,
        retry_after: None,
    };
    CallError::new(peer, kind)
}

/// Whether a failure with this status may pass by itself.
pub(crate) fn is_transient_status(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// An error's sentence followed by those of its causes.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes_of(error) {
        text.push_str(": ");
        text.push_str(&cause.to_string());
    }
    text
}

fn causes_of<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// Whether TLS itself failed. A connection that was closed during the handshake is an error of the
/// transport.
fn is_tls_error(error: &legacy::Error) -> bool {
    std::iter::successors(error.source(), |&cause| {
        match cause.downcast_ref::<io::Error>() {
            // `io::Error::source` skips the error that it wraps.
            Some(error) => error
                .get_ref()
                .map(|wrapped| wrapped as &(dyn Error + 'static)),
            None => cause.source(),
        }
    })
    .any(<dyn Error>::is::<rustls::Error>)
}

fn is_parse_error(error: &legacy::Error) -> bool {
    causes_of(error)
        .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
        .any(hyper::Error::is_parse)
}
