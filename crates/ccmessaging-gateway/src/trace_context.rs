//! Forwards the caller's trace context (W3C Trace Context) and logs its trace ID.
//!
//! The gateway starts no spans, so it forwards both headers as received and leaves their grammar to
//! the tracing systems that read them.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Identifies the trace and the caller's span.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Holds the data that tracing systems add to `traceparent`.
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The longest value that is forwarded: the least that the specification asks every system to
/// forward of `tracestate` (section 3.3.1.5).
const MAX_VALUE_BYTES: usize = 512;

/// The length of a trace ID in `traceparent` (section 3.2.2.3).
const TRACE_ID_DIGITS: usize = 32;

/// The trace headers of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceContext {
    parent: HeaderValue,
    state: Option<HeaderValue>,
}

impl TraceContext {
    /// Reads the headers of a request. Returns `None` unless it has exactly one usable
    /// `traceparent`; an unusable `tracestate` is left out.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let parent = single(headers, &TRACEPARENT)?;
        // Some triggers join repeated headers with a comma.
        if parent.as_bytes().contains(&b',') {
            return None;
        }
        Some(Self {
            parent: parent.clone(),
            state: single(headers, &TRACESTATE).cloned(),
        })
    }

    /// The trace ID, 32 lower-case hexadecimal digits, if `traceparent` contains one.
    pub(crate) fn trace_id(&self) -> Option<&str> {
        let trace_id = self.parent.to_str().ok()?.split('-').nth(1)?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (trace_id.len() == TRACE_ID_DIGITS && trace_id.bytes().all(is_digit)).then_some(trace_id)
    }

    /// The headers to forward.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let state = self.state.clone().map(|state| (TRACESTATE, state));
        [(TRACEPARENT, self.parent.clone())]
            .into_iter()
            .chain(state)
    }
}

/// The value of a header that is sent once, is not too long and contains visible ASCII, spaces and
/// tabs only.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    let is_usable = (1..=MAX_VALUE_BYTES).contains(&value.len()) && value.to_str().is_ok();
    (is_usable && values.next().is_none()).then_some(value)
}
