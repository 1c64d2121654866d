//! The spans of uploads and of the chat's calls, which the feature `otlp` exports. Without an exporter, they are disabled.

use http::HeaderMap;
use tracing::Span;
use tracing::field::Empty;

#[cfg(feature = "otlp")]
use super::otlp;
use crate::trace_context::TraceContext;

/// Creates a span. Its target is not the log's, so that log lines do not contain it.
macro_rules! span {
    ($name:literal $(, $($field:tt)+)?) => {
        tracing::info_span!(target: "request_spans", $name $(, $($field)+)?)
    };
}
pub(crate) use span;

/// The exporter of a program without the feature.
#[cfg(not(feature = "otlp"))]
mod otlp {
    use super::{HeaderMap, Span, TraceContext};

    pub(super) fn set_parent(_: &Span, _: Option<&TraceContext>) {}

    pub(super) fn trace_id(_: &Span) -> Option<String> {
        None
    }

    pub(super) fn headers(_: &Span) -> Option<HeaderMap> {
        None
    }
}

/// Creates the span of an upload, in the caller's trace if there is one.
pub(crate) fn upload_span(trace: Option<&TraceContext>) -> Span {
    let span = span!("upload", otel.kind = "server", outcome = Empty);
    otlp::set_parent(&span, trace);
    span
}

/// Creates the span of one of the chat's calls, in the caller's trace if there is one.
pub(crate) fn chat_span(call: &'static str, trace: Option<&TraceContext>) -> Span {
    let span = span!("chat call", otel.kind = "server", call, outcome = Empty);
    otlp::set_parent(&span, trace);
    span
}

/// Returns the trace of the current span, if it is exported.
pub(crate) fn current_trace_id() -> Option<String> {
    otlp::trace_id(&Span::current())
}

/// Returns the trace headers of a request within `span`. Unless it is exported, those are the caller's.
pub(crate) fn trace_headers(span: &Span, received: &HeaderMap) -> HeaderMap {
    otlp::headers(span).unwrap_or_else(|| received.clone())
}
