//! What events are reported to.

use std::io::Write as _;

use ccmessaging_client::{TokenCache, TokenFetches};
use http::HeaderValue;

use super::metrics::Metrics;
use super::session_hash::SessionHasher;
use crate::config::{LogConfig, MetricsConfig};
use crate::context::{Platform, RequestContext};
use crate::rejection::Rejection;

/// The state that all events share.
#[derive(Debug)]
pub(crate) struct Telemetry {
    pub(super) metrics: Metrics,
    /// The CloudWatch namespace of the metric lines that a Lambda function writes.
    namespace: Option<String>,
    /// Whether the log contains a file's SHA-256.
    pub(super) file_sha256: bool,
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
    pub(super) fn session(&self, token: &HeaderValue) -> Option<String> {
        self.sessions.as_ref().map(|sessions| sessions.hash(token))
    }

    /// Writes a line of metrics, if this is a Lambda function with a namespace. `line` receives the number
    /// of token fetches since the last line.
    pub(super) fn write_cloudwatch(
        &self,
        context: &RequestContext,
        line: impl FnOnce(&str, u64) -> String,
    ) {
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
