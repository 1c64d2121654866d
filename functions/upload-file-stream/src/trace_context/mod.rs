//! The trace that a request belongs to, as its caller names it (W3C Trace Context).
//!
//! The gateway starts no trace and adds no span: it hands a caller's context on, so that the
//! upstream's work shows in the same trace, and names the trace in the log. What is not exactly in
//! the specification's form is dropped without a word, as the specification asks.

mod traceparent;
mod tracestate;

use http::{HeaderMap, HeaderName, HeaderValue};

use traceparent::Traceparent;

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
    /// use upload_file_stream::trace_context::{TRACEPARENT, TraceContext};
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
            state: tracestate::read(headers.get_all(TRACESTATE)),
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
