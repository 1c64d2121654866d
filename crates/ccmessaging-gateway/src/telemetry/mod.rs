//! What the program tells its operator: one log line for each upload, and metrics.
//!
//! Nothing that a caller wrote becomes a metric's label: labels take a fixed set of words each, so
//! that no caller can make the number of time series grow.

mod checksum;
mod cloudwatch;
mod event;
mod log;
mod metrics;
mod prometheus;

use std::io::Write as _;

use ccmessaging_client::{TokenCache, TokenFetches};

pub(crate) use event::{Outcome, UploadEvent};
pub use log::{init_logging, report_panics};
use metrics::Metrics;
pub(crate) use prometheus::CONTENT_TYPE;

use crate::context::Platform;

/// The reason code of an upload that was refused because too many others were in flight.
pub(crate) const OVERLOADED: &str = "overloaded";

/// Where uploads are reported to.
#[derive(Debug)]
pub(crate) struct Telemetry {
    metrics: Metrics,
    /// The CloudWatch namespace of the lines that uploads of a Lambda function leave.
    namespace: Option<String>,
    /// Whether the log tells a file's SHA-256.
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
            metrics: Metrics::default(),
            namespace,
            file_sha256,
            tokens,
        }
    }

    /// All metrics in the text format of Prometheus.
    pub(crate) fn prometheus_text(&self) -> String {
        prometheus::text(&self.metrics.snapshot(), self.fetches())
    }

    fn report(&self, event: &UploadEvent<'_>) {
        log::write(event);
        self.metrics.record(event);
        if event.context.platform == Platform::Lambda
            && let Some(namespace) = &self.namespace
        {
            let fetches = self.metrics.fetches_since_last_line(self.fetches());
            let line = cloudwatch::line(namespace, event, fetches);
            // Nobody is there to be told that standard output is gone.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn fetches(&self) -> TokenFetches {
        let tokens = self.tokens.as_ref();
        tokens.map(TokenCache::fetches).unwrap_or_default()
    }
}
