//! The trace that a request belongs to, as its caller names it (W3C Trace Context).
//!
//! The gateway starts no trace and adds no span: it hands a caller's context on, so that the
//! upstream's work shows in the same trace, and names the trace in the log. What is not exactly in
//! the specification's form is dropped without a word, as the specification asks.
//!
//! `opentelemetry` reads the same headers, with a tracer and its exporters around them, for two header
//! lines that are only looked at.

use std::ops::Range;

use http::header::GetAll;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Names the trace and the caller's span in it.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What tracing systems add to it.
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// A valid trace context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    parent: Traceparent,
    state: Option<HeaderValue>,
}

impl TraceContext {
    /// Reads a request's headers: `None` unless there is exactly one `traceparent` and it is valid.
    ///
    /// `tracestate` is kept only with it, and only if all of it is valid and within its limits.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue};
    /// use ccmessaging_gateway::{TRACEPARENT, TraceContext};
    ///
    /// let value = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    /// let headers = HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_static(value))]);
    /// let context = TraceContext::from_headers(&headers).unwrap();
    /// assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    /// ```
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        Some(Self {
            parent: Traceparent::parse(value.as_bytes())?,
            state: read_tracestate(headers.get_all(TRACESTATE)),
        })
    }

    /// The trace's identifier: 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        self.parent.trace_id()
    }

    /// The headers that hand the context on.
    pub fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let parent = HeaderValue::from_str(self.parent.as_str()).ok();
        [(TRACEPARENT, parent), (TRACESTATE, self.state.clone())]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// `traceparent` (section 3.2): `00-` + 32 digits + `-` + 16 digits + `-` + 2 digits.
const LENGTH: usize = 55;

const VERSION: Range<usize> = 0..2;
const TRACE_ID: Range<usize> = 3..35;
const PARENT_ID: Range<usize> = 36..52;
const FLAGS: Range<usize> = 53..LENGTH;
const DASHES: [usize; 3] = [2, 35, 52];

/// The only version that is known.
const KNOWN_VERSION: &str = "00";

/// The value that no version may have.
const FORBIDDEN_VERSION: &str = "ff";

/// The one flag whose meaning later versions keep: the caller records this trace.
const SAMPLED: u8 = 0x01;

/// A valid value, in the form of version 00.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Traceparent(String);

impl Traceparent {
    /// Reads a value of any version. Of a version that is not known, only the fields that every
    /// version has are read, and the value is handed on in the form of the known one
    /// (section 4.3.3).
    fn parse(value: &[u8]) -> Option<Self> {
        let (fields, rest) = value.split_at_checked(LENGTH)?;
        let fields = std::str::from_utf8(fields).ok()?;
        let is_dashed = DASHES.iter().all(|&at| fields.as_bytes()[at] == b'-');
        let [version, trace_id, parent_id, flags] = [VERSION, TRACE_ID, PARENT_ID, FLAGS]
            .map(|range| fields.get(range).filter(|digits| is_lower_hex(digits)));
        let (version, trace_id, parent_id, flags) = (version?, trace_id?, parent_id?, flags?);
        if !is_dashed || version == FORBIDDEN_VERSION || is_zero(trace_id) || is_zero(parent_id) {
            return None;
        }
        match (version, rest.first()) {
            (KNOWN_VERSION, None) => Some(Self(fields.to_owned())),
            (KNOWN_VERSION, Some(_)) => None,
            (_, None | Some(b'-')) => {
                let sampled = u8::from_str_radix(flags, 16).ok()? & SAMPLED;
                Some(Self(format!(
                    "{KNOWN_VERSION}-{trace_id}-{parent_id}-{sampled:02x}"
                )))
            }
            (_, Some(_)) => None,
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn trace_id(&self) -> &str {
        &self.0[TRACE_ID]
    }
}

fn is_lower_hex(digits: &str) -> bool {
    digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|byte| byte == b'0')
}

/// The most members of `tracestate` (section 3.3.1.1).
const MAX_MEMBERS: usize = 32;

/// The longest list that every system must hand on (section 3.3.1.5); a longer one is dropped
/// rather than cut, because the gateway cannot tell which members matter.
const LONGEST: usize = 512;

const LONGEST_SIMPLE_KEY: usize = 256;
const LONGEST_TENANT: usize = 241;
const LONGEST_SYSTEM: usize = 14;
const LONGEST_VALUE: usize = 256;

/// Joins the values of a request, which are one list however many headers it is spread over
/// (RFC 9110 section 5.3): `None` unless all of it is valid and within the limits.
fn read_tracestate(values: GetAll<'_, HeaderValue>) -> Option<HeaderValue> {
    let mut keys: Vec<&str> = Vec::new();
    let mut joined = String::new();
    for value in values {
        // Visible ASCII, space and tab.
        for member in value.to_str().ok()?.split(',') {
            let member = member.trim_matches([' ', '\t']);
            // Empty members are allowed and mean nothing (section 3.3.1.2).
            if member.is_empty() {
                continue;
            }
            let (key, value) = member.split_once('=')?;
            if keys.len() == MAX_MEMBERS || keys.contains(&key) || !is_key(key) || !is_value(value)
            {
                return None;
            }
            keys.push(key);
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(member);
        }
    }
    if joined.is_empty() || joined.len() > LONGEST {
        return None;
    }
    HeaderValue::try_from(joined).ok()
}

/// `simple-key / tenant-id "@" system-id` (section 3.3.1.3.1).
fn is_key(key: &str) -> bool {
    match key.split_once('@') {
        None => begins_with_letter(key) && is_key_part(key, LONGEST_SIMPLE_KEY),
        Some((tenant, system)) => {
            is_key_part(tenant, LONGEST_TENANT)
                && tenant.starts_with(|first: char| first.is_ascii_alphanumeric())
                && begins_with_letter(system)
                && is_key_part(system, LONGEST_SYSTEM)
        }
    }
}

fn begins_with_letter(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_lowercase())
}

fn is_key_part(part: &str, longest: usize) -> bool {
    part.len() <= longest
        && part
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/'))
}

/// Printable ASCII without comma and equals sign, not ending in a space (section 3.3.1.3.2). That
/// it does not end in one, the trimming of the member has seen to.
fn is_value(value: &str) -> bool {
    (1..=LONGEST_VALUE).contains(&value.len())
        && value
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='))
}
