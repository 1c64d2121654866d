//! What goes wrong with one call.

use std::time::Duration;

use http::{HeaderValue, StatusCode};

/// How one call misbehaves. The [grammar](crate::fault_grammar) says what a caller sees of each.
///
/// Durations are kept in whole milliseconds, as the written form has them; a finer part is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) delay: Option<Duration>,
    pub(crate) kind: Kind,
}

/// The point at which a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetPoint {
    /// Before any byte of the answer. The call is not carried out.
    BeforeAnswer,
    /// After the answer's head and before its body.
    AfterHeaders,
    /// After half of the answer's body.
    MidBody,
}

/// Whether the call is carried out is part of the type: a fault of the first kind has no answer to
/// work with, one of the second kind has no call to prevent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something else happens instead of the call.
    Instead(Instead),
    /// The call is carried out, and its answer suffers.
    Spoilt(Spoilt),
}

/// What happens instead of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    Reset,
    Status {
        code: StatusCode,
        retry_after_seconds: Option<u64>,
        body: Option<String>,
    },
    Redirect {
        code: StatusCode,
        location: Option<String>,
    },
    Garbage,
    Html,
    Huge {
        bytes: u64,
    },
}

/// What becomes of a good answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spoilt {
    /// Nothing but the delay.
    Late,
    ResetAfterHeaders,
    ResetMidBody,
    Truncate,
    Cut,
    Drip {
        pause: Duration,
        chunk_bytes: u64,
    },
}

/// The status of a redirect for which none is given: the one that keeps method and body
/// (RFC 9110, section 15.4.8), which is what a client must not follow with its credentials.
pub(super) const DEFAULT_REDIRECT: StatusCode = StatusCode::TEMPORARY_REDIRECT;

/// The statuses that a final answer may have; 1xx is not final and 600 up is not HTTP (RFC 9110, section 15).
pub(super) const FINAL_STATUSES: std::ops::RangeInclusive<u16> = 200..=599;

/// The statuses that make an answer a redirect (RFC 9110, section 15.4).
pub(super) const REDIRECT_STATUSES: std::ops::RangeInclusive<u16> = 300..=399;

impl Fault {
    /// The usual answer, `delay` later than usual.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self::spoilt(Spoilt::Late).after(delay)
    }

    /// A TCP reset at `point`.
    #[must_use]
    pub const fn reset(point: ResetPoint) -> Self {
        match point {
            ResetPoint::BeforeAnswer => Self::instead(Instead::Reset),
            ResetPoint::AfterHeaders => Self::spoilt(Spoilt::ResetAfterHeaders),
            ResetPoint::MidBody => Self::spoilt(Spoilt::ResetMidBody),
        }
    }

    /// The answer `code`, with the documented failure of the call as its body.
    ///
    /// # Panics
    ///
    /// If `code` is not from 200 to 599: anything else is not a final HTTP answer.
    #[must_use]
    pub fn status(code: StatusCode) -> Self {
        assert!(
            FINAL_STATUSES.contains(&code.as_u16()),
            "a faulty answer's status has to be from 200 to 599"
        );
        Self::instead(Instead::Status {
            code,
            retry_after_seconds: None,
            body: None,
        })
    }

    /// A redirect (307) to `location`.
    ///
    /// # Panics
    ///
    /// If `location` holds a control character, which no header can carry.
    #[must_use]
    pub fn redirect(location: impl Into<String>) -> Self {
        let location = location.into();
        assert!(
            is_header_value(&location),
            "a redirect's location cannot hold control characters"
        );
        Self::instead(Instead::Redirect {
            code: DEFAULT_REDIRECT,
            location: Some(location),
        })
    }

    /// Bytes that are not even UTF-8, labelled as JSON.
    #[must_use]
    pub const fn garbage() -> Self {
        Self::instead(Instead::Garbage)
    }

    /// An HTML page.
    #[must_use]
    pub const fn html() -> Self {
        Self::instead(Instead::Html)
    }

    /// Half of the usual JSON, with a `Content-Length` that agrees.
    #[must_use]
    pub const fn truncate() -> Self {
        Self::spoilt(Spoilt::Truncate)
    }

    /// Half of the usual JSON, with the `Content-Length` of all of it, and then the end of the connection.
    #[must_use]
    pub const fn cut() -> Self {
        Self::spoilt(Spoilt::Cut)
    }

    /// Valid JSON of `bytes` bytes (at least a few dozen), produced as it is sent.
    #[must_use]
    pub const fn huge(bytes: u64) -> Self {
        Self::instead(Instead::Huge { bytes })
    }

    /// The usual answer in pieces of `chunk_bytes` bytes (0 counts as 1), with `pause` before each.
    #[must_use]
    pub fn drip(pause: Duration, chunk_bytes: u64) -> Self {
        Self::spoilt(Spoilt::Drip {
            pause: whole_milliseconds(pause),
            chunk_bytes: chunk_bytes.max(1),
        })
    }

    /// Adds a delay before the answer, or before its failure.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = Some(whole_milliseconds(delay));
        self
    }

    /// Adds a `Retry-After` header of so many seconds (RFC 9110, section 10.2.3) to a
    /// [status](Fault::status) fault; any other fault stays as it is.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        if let Kind::Instead(Instead::Status {
            retry_after_seconds,
            ..
        }) = &mut self.kind
        {
            *retry_after_seconds = Some(seconds);
        }
        self
    }

    /// Replaces the body of a [status](Fault::status) fault; any other fault stays as it is.
    ///
    /// The body is labelled `application/json` if it starts with `{`, and `text/plain` otherwise.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        if let Kind::Instead(Instead::Status { body, .. }) = &mut self.kind {
            *body = Some(text.into());
        }
        self
    }

    pub(super) const fn instead(instead: Instead) -> Self {
        Self::of(Kind::Instead(instead))
    }

    pub(super) const fn spoilt(spoilt: Spoilt) -> Self {
        Self::of(Kind::Spoilt(spoilt))
    }

    const fn of(kind: Kind) -> Self {
        Self { delay: None, kind }
    }
}

fn whole_milliseconds(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// Whether `text` can stand in a header (RFC 9110, section 5.5).
pub(super) fn is_header_value(text: &str) -> bool {
    HeaderValue::from_str(text).is_ok()
}
