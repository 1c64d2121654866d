//! Telemetry: one log line per upload or call of the chat, and metrics.
//!
//! No metric label contains a caller's text. Each label has a fixed set of values, so callers cannot
//! increase the number of time series.

mod chat;
mod checksum;
mod cloudwatch;
mod event;
mod log;
mod log_queue;
mod metrics;

use std::io::Write as _;

use ccmessaging_client::{TokenCache, TokenFetches};

pub(crate) use chat::ChatEvent;
pub(crate) use event::UploadEvent;
pub use log::{init_logging, report_panics};
pub use log_queue::LogGuard;
use metrics::Metrics;
pub(crate) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

use crate::context::Platform;

/// Reports uploads to the log and the metrics.
#[derive(Debug)]
pub(crate) struct Telemetry {
    metrics: Metrics,
    /// The CloudWatch namespace of the metric lines that a Lambda function writes.
    namespace: Option<String>,
    /// Whether the log contains a file's SHA-256.
    file_sha256: bool,
    tokens: Option<TokenCache>,
}

impl Telemetry {
    pub(crate) fn new(
        namespace: Option<String>,
        file_sha256: bool,
        tokens: Option<TokenCache>,
    ) -> Self {
        Self {
            metrics: Metrics::new(tokens.clone()),
            namespace,
            file_sha256,
            tokens,
        }
    }

    /// Returns all metrics in the text format of Prometheus.
    pub(crate) fn prometheus_text(&self) -> String {
        self.metrics.text()
    }

    fn report(&self, event: &UploadEvent<'_>) {
        log::write(event);
        self.metrics.record(event);
        if event.context.platform == Platform::Lambda
            && let Some(namespace) = &self.namespace
        {
            let fetches = self.metrics.fetches_since_last_line(self.fetches());
            let line = cloudwatch::line(namespace, event, fetches);
            // A closed standard output cannot be reported anywhere.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn report_chat_call(&self, event: &ChatEvent<'_>) {
        log::write_chat_call(event);
        self.metrics.record_chat_call(event);
        if event.context.platform == Platform::Lambda
            && let Some(namespace) = &self.namespace
        {
            let line = cloudwatch::chat_line(namespace, event);
            // A closed standard output cannot be reported anywhere.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn fetches(&self) -> TokenFetches {
        let tokens = self.tokens.as_ref();
        tokens.map(TokenCache::fetches).unwrap_or_default()
    }
}
