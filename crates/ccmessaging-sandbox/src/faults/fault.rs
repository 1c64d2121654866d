//! A fault of one call.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::time::Duration;

use http::HeaderValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A fault of one call.
///
/// [`on`](Fault::on) turns it into a rule of a [`FaultPlan`](crate::FaultPlan). Its `Display` is for
/// logs: the delay, followed by the fault in JSON.
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
    /// Sends the usual response after `delay`, in whole milliseconds.
    pub fn delay(delay: Duration) -> Self {
        Self::default().after(delay)
    }

    /// Resets the TCP connection instead of responding. The call is not executed.
    pub fn reset() -> Self {
        Self::of(Kind::Reset)
    }

    /// Sends the head of the usual response, then a TCP reset.
    pub fn reset_after_headers() -> Self {
        Self::of(Kind::ResetAfterHeaders)
    }

    /// Sends the head and half of the body of the usual response, then a TCP reset.
    pub fn reset_mid_body() -> Self {
        Self::of(Kind::ResetMidBody)
    }

    /// Sends half of the usual JSON with a matching `Content-Length`.
    pub fn truncate() -> Self {
        Self::of(Kind::Truncate)
    }

    /// Sends half of the usual JSON with the full `Content-Length`, then closes the connection.
    pub fn cut() -> Self {
        Self::of(Kind::Cut)
    }

    /// Sends the usual response in chunks of `chunk_bytes` bytes, with `pause` (in whole milliseconds)
    /// before each.
    ///
    /// # Panics
    ///
    /// If `chunk_bytes` is 0.
    pub fn drip(pause: Duration, chunk_bytes: usize) -> Self {
        Self::of(Kind::Drip {
            pause_ms: milliseconds(pause),
            chunk_bytes: NonZeroUsize::new(chunk_bytes).expect("a chunk has at least 1 byte"),
        })
    }

    /// Sends status `code` with the documented failure of the call as its body. The call is not
    /// executed.
    ///
    /// # Panics
    ///
    /// If `code` is not the status of a final HTTP response: 200 to 599.
    pub fn status(code: u16) -> Self {
        Self::of(Kind::Status {
            code: checked_status(code).expect("the status of a fault"),
            retry_after: None,
            location: None,
            body: None,
        })
    }

    /// Sends an HTML page with status 200, as a proxy or a captive portal does. The call is not
    /// executed.
    pub fn html() -> Self {
        Self::of(Kind::Html)
    }

    /// Sends status 200 and bytes that are not UTF-8, labelled as JSON. The call is not executed.
    pub fn garbage() -> Self {
        Self::of(Kind::Garbage)
    }

    /// Sends status 200 and valid JSON of `bytes` bytes (at least a few dozen) in chunks, generated
    /// while it is sent. The call is not executed.
    pub fn huge(bytes: u64) -> Self {
        Self::of(Kind::Huge { bytes })
    }

    /// Adds a delay, in whole milliseconds, before the response or its failure.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay_ms = milliseconds(delay);
        self
    }

    /// Adds a `Retry-After` header (RFC 9110, section 10.2.3) to a [status](Fault::status) fault; has no
    /// effect on other faults.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        if let Kind::Status { retry_after, .. } = &mut self.kind {
            *retry_after = Some(seconds);
        }
        self
    }

    /// Adds a `Location` header (RFC 9110, section 10.2.2) to a [status](Fault::status) fault; has no
    /// effect on other faults.
    ///
    /// # Panics
    ///
    /// If `url` contains a control character, which a header must not contain.
    pub fn location(mut self, url: impl Into<String>) -> Self {
        if let Kind::Status { location, .. } = &mut self.kind {
            *location = Some(checked_location(url.into()).expect("the location of a redirect"));
        }
        self
    }

    /// Replaces the body of a [status](Fault::status) fault; has no effect on other faults.
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

    pub(crate) fn delay_before_response(&self) -> Duration {
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

/// The statuses of final responses: 1xx is not final, 600 and above is not HTTP (RFC 9110, section 15).
const FINAL_STATUSES: RangeInclusive<u16> = 200..=599;

fn checked_status(code: u16) -> Result<u16, String> {
    if FINAL_STATUSES.contains(&code) {
        Ok(code)
    } else {
        Err(format!("status {code} is out of range; use 200 to 599"))
    }
}

fn checked_location(url: String) -> Result<String, String> {
    match HeaderValue::from_str(&url) {
        Ok(_) => Ok(url),
        Err(_) => {
            Err("a location must not contain control characters; use a URL or a path".to_owned())
        }
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
