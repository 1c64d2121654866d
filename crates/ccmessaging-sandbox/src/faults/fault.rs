//! What goes wrong with one call.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::time::Duration;

use http::HeaderValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// What goes wrong with one call.
///
/// [`on`](Fault::on) makes it a rule of a [`FaultPlan`](crate::FaultPlan). Its `Display` is for logs:
/// the fault as JSON writes it, after its delay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Fault {
    pub(super) delay_ms: u64,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum Kind {
    #[default]
    None,
    Reset,
    ResetAfterHeaders,
    ResetMidBody,
    Truncate,
    Cut,
    Drip {
        pause_ms: u64,
        #[serde(default = "one_byte")]
        chunk_bytes: NonZeroUsize,
    },
    Status {
        #[serde(deserialize_with = "read_status")]
        code: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        #[serde(default, deserialize_with = "read_location")]
        #[serde(skip_serializing_if = "Option::is_none")]
        location: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    Html,
    Garbage,
    Huge {
        bytes: u64,
    },
}

impl Fault {
    /// The usual answer, `delay` later than usual; in whole milliseconds.
    pub fn delay(delay: Duration) -> Self {
        Self::default().after(delay)
    }

    /// A TCP reset in place of an answer. The call is not carried out.
    pub fn reset() -> Self {
        Self::of(Kind::Reset)
    }

    /// The head of the usual answer, and then a TCP reset.
    pub fn reset_after_headers() -> Self {
        Self::of(Kind::ResetAfterHeaders)
    }

    /// The head and half of the body of the usual answer, and then a TCP reset.
    pub fn reset_mid_body() -> Self {
        Self::of(Kind::ResetMidBody)
    }

    /// Half of the usual JSON, with a `Content-Length` that agrees.
    pub fn truncate() -> Self {
        Self::of(Kind::Truncate)
    }

    /// Half of the usual JSON, with the `Content-Length` of all of it, and then the end of the connection.
    pub fn cut() -> Self {
        Self::of(Kind::Cut)
    }

    /// The usual answer in pieces of `chunk_bytes` bytes, with `pause` before each; in whole
    /// milliseconds.
    ///
    /// # Panics
    ///
    /// If `chunk_bytes` is 0.
    pub fn drip(pause: Duration, chunk_bytes: usize) -> Self {
        Self::of(Kind::Drip {
            pause_ms: milliseconds(pause),
            chunk_bytes: NonZeroUsize::new(chunk_bytes).expect("a piece has at least 1 byte"),
        })
    }

    /// The answer `code`, with the documented failure of the call as its body. The call is not
    /// carried out.
    ///
    /// # Panics
    ///
    /// If `code` is not from 200 to 599: anything else is not a final HTTP answer.
    pub fn status(code: u16) -> Self {
        Self::of(Kind::Status {
            code: checked_status(code).expect("a faulty answer's status"),
            retry_after: None,
            location: None,
            body: None,
        })
    }

    /// An HTML page with status 200, as from a proxy or a captive portal. The call is not carried out.
    pub fn html() -> Self {
        Self::of(Kind::Html)
    }

    /// Status 200 and bytes that are not even UTF-8, labelled as JSON. The call is not carried out.
    pub fn garbage() -> Self {
        Self::of(Kind::Garbage)
    }

    /// Status 200 and valid JSON of `bytes` bytes (at least a few dozen), without a
    /// `Content-Length`, produced as it is sent. The call is not carried out.
    pub fn huge(bytes: u64) -> Self {
        Self::of(Kind::Huge { bytes })
    }

    /// Adds a delay before the answer, or before its failure; in whole milliseconds.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay_ms = milliseconds(delay);
        self
    }

    /// Adds a `Retry-After` header of so many seconds (RFC 9110, section 10.2.3) to a
    /// [status](Fault::status) fault; any other fault stays as it is.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        if let Kind::Status { retry_after, .. } = &mut self.kind {
            *retry_after = Some(seconds);
        }
        self
    }

    /// Adds a `Location` header (RFC 9110, section 10.2.2) to a [status](Fault::status) fault, which
    /// makes a redirect of it; any other fault stays as it is.
    ///
    /// # Panics
    ///
    /// If `url` holds a control character, which no header can carry.
    pub fn location(mut self, url: impl Into<String>) -> Self {
        if let Kind::Status { location, .. } = &mut self.kind {
            *location = Some(checked_location(url.into()).expect("a redirect's location"));
        }
        self
    }

    /// Replaces the body of a [status](Fault::status) fault; any other fault stays as it is.
    ///
    /// The body is labelled `application/json` if it starts with `{`, and `text/plain` otherwise.
    pub fn body(mut self, text: impl Into<String>) -> Self {
        if let Kind::Status { body, .. } = &mut self.kind {
            *body = Some(text.into());
        }
        self
    }

    fn of(kind: Kind) -> Self {
        Self { delay_ms: 0, kind }
    }

    pub(crate) fn delay_before_answer(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.delay_ms > 0 {
            write!(f, "delay {} ms", self.delay_ms)?;
            if self.kind == Kind::None {
                return Ok(());
            }
            f.write_str(", ")?;
        }
        match serde_json::to_value(&self.kind).map_err(|_| fmt::Error)? {
            serde_json::Value::String(name) => f.write_str(&name),
            with_parameters => with_parameters.fmt(f),
        }
    }
}

/// The statuses that a final answer may have: 1xx is not final, 600 up is not HTTP (RFC 9110, section 15).
const FINAL_STATUSES: RangeInclusive<u16> = 200..=599;

fn checked_status(code: u16) -> Result<u16, String> {
    if FINAL_STATUSES.contains(&code) {
        Ok(code)
    } else {
        Err(format!("status {code} is no answer; use 200 to 599"))
    }
}

fn checked_location(url: String) -> Result<String, String> {
    match HeaderValue::from_str(&url) {
        Ok(_) => Ok(url),
        Err(_) => Err("a location holds no control characters; use a URL or a path".to_owned()),
    }
}

fn read_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    checked_status(u16::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn read_location<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let url = Option::deserialize(deserializer)?;
    url.map(checked_location)
        .transpose()
        .map_err(D::Error::custom)
}

fn one_byte() -> NonZeroUsize {
    NonZeroUsize::MIN
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
