//! Telemetry: one log line per upload or call of the chat, and metrics.
//!
//! No metric label contains a caller's text. Each label has a fixed set of values, so callers cannot
//! increase the number of time series.

mod chat_event;
mod checksum;
mod cloudwatch;
mod log;
mod log_queue;
mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
mod request_event;
mod session_hash;
pub(crate) mod spans;
mod upload_event;
mod upstream_desc;
mod upstream_result;

use std::io::Write as _;

use ccmessaging_client::{TokenCache, TokenFetches};

pub(crate) use chat_event::ChatEvent;
use http::HeaderValue;
pub use log::{init_logging, report_panics};
pub use log_queue::LogGuard;
use metrics::Metrics;
pub(crate) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
pub(crate) use request_event::RequestEvent;
pub(crate) use upload_event::UploadEvent;

use crate::config::{LogConfig, MetricsConfig};
use crate::context::{Platform, RequestContext};
use crate::rejection::Rejection;
use session_hash::SessionHasher;
pub(crate) use upstream_result::UpstreamResult;

/// Reports uploads to the log and the metrics.
#[derive(Debug)]
pub(crate) struct Telemetry {
    metrics: Metrics,
    /// The CloudWatch namespace of the metric lines that a Lambda function writes.
    namespace: Option<String>,
    /// Whether the log contains a file's SHA-256.
    file_sha256: bool,
    /// Computes the log's `session`, if the log contains it.
    sessions: Option<SessionHasher>,
    tokens: Option<TokenCache>,
}

impl Telemetry {
    pub(crate) fn new(
        log: &LogConfig,
        metrics: &MetricsConfig,
        tokens: Option<TokenCache>,
    ) -> Self {
        Self {
            metrics: Metrics::new(tokens.clone()),
            namespace: metrics.namespace.clone(),
            file_sha256: log.file_sha256,
            sessions: log.session_key.as_ref().map(SessionHasher::new),
            tokens,
        }
    }

    /// Returns all metrics in the text format of Prometheus.
    pub(crate) fn prometheus_text(&self) -> String {
        self.metrics.text()
    }

    /// Counts a request that is not an upload and is rejected for this reason.
    pub(crate) fn count_rejection(&self, rejection: &Rejection) {
        self.metrics.count_rejection(rejection.log_reason_code());
    }

    /// Returns the log's name for a session token.
    fn session(&self, token: &HeaderValue) -> Option<String> {
        self.sessions.as_ref().map(|sessions| sessions.hash(token))
    }

    fn report(&self, event: &UploadEvent<'_>) {
        log::write(event);
        self.metrics.record(event);
        self.write_cloudwatch(event.request.context, |namespace, fetches| {
            cloudwatch::line(namespace, event, fetches)
        });
    }

    fn report_chat_call(&self, event: &ChatEvent<'_>) {
        log::write_chat_call(event);
        self.metrics.record_chat_call(event);
        self.write_cloudwatch(event.request.context, |namespace, fetches| {
            cloudwatch::chat_line(namespace, event, fetches)
        });
    }

    /// Writes a line of metrics, if this is a Lambda function with a namespace. `line` receives the number
    /// of token fetches since the last line.
    fn write_cloudwatch(&self, context: &RequestContext, line: impl FnOnce(&str, u64) -> String) {
        if context.platform == Platform::Lambda
            && let Some(namespace) = &self.namespace
        {
            let fetches = self.metrics.fetches_since_last_line(self.fetches());
            let line = line(namespace, fetches);
            // A closed standard output cannot be reported anywhere.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn fetches(&self) -> TokenFetches {
        let tokens = self.tokens.as_ref();
        tokens.map(TokenCache::fetches).unwrap_or_default()
    }
}
