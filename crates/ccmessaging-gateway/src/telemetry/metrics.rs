//! The metrics for Prometheus.

use std::fmt;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use ccmessaging_client::{ChatCallKind, TokenCache, TokenFetches};
use ccmessaging_core::{Conversion, FileType};
use ccmessaging_media::metadata::MetadataKind;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::log_queue::lines_lost;
use super::upstream_result::UpstreamResult;
use crate::extract::UploadFormat;
use crate::outcome::Outcome;
use crate::rejection::{CHAT_LOG_REASON_CODES, LOG_REASON_CODES};

/// The first part of every metric's name.
const PREFIX: &str = "upload_file_stream";

/// The upper bounds of the duration buckets in seconds. The largest exceeds the default timeouts.
const BUCKETS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0, 30.0,
];

/// The value of an unknown label.
pub(super) const NONE: &str = "none";

/// Label names and values. Values come from fixed sets of words, never from a caller.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Counts what requests do since the program's start.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    /// Whether every series was [created](Self::create_series).
    series: Once,
    pub(super) uploads: Family<Labels<3>, Counter>,
    pub(super) in_flight: Gauge,
    pub(super) overloaded: Counter,
    rejections: Family<Labels<1>, Counter>,
    pub(super) scans: Family<Labels<1>, Counter>,
    pub(super) file_bytes: Counter,
    pub(super) conversions: Family<Labels<1>, Counter>,
    pub(super) metadata_removed: Family<Labels<1>, Counter>,
    pub(super) upstream_attempts: Counter,
    pub(super) upstream_results: Family<Labels<2>, Counter>,
    pub(super) durations: Family<Labels<1>, Histogram>,
    pub(super) chat_calls: Family<Labels<2>, Counter>,
    pub(super) chat_calls_in_flight: Gauge,
    pub(super) chat_rejections: Family<Labels<1>, Counter>,
    pub(super) chat_durations: Family<Labels<1>, Histogram>,
    /// The number of token fetches that the last CloudWatch line included.
    last_reported_fetches: AtomicU64,
}

impl Metrics {
    /// Registers all metrics. `tokens` is asked for its counts at each scrape.
    pub(super) fn new(tokens: Option<TokenCache>) -> Self {
        let metrics = Self {
            registry: Registry::with_prefix(PREFIX),
            series: Once::new(),
            uploads: Family::default(),
            in_flight: Gauge::default(),
            overloaded: Counter::default(),
            rejections: Family::default(),
            scans: Family::default(),
            file_bytes: Counter::default(),
            conversions: Family::default(),
            metadata_removed: Family::default(),
            upstream_attempts: Counter::default(),
            upstream_results: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            chat_calls: Family::default(),
            chat_calls_in_flight: Gauge::default(),
            chat_rejections: Family::default(),
            chat_durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            last_reported_fetches: AtomicU64::new(0),
        };
        metrics.register(tokens)
    }

    /// Exports every series as 0 from the first scrape: Prometheus computes no increase from a series that
    /// appears with its first event, so an alert would miss that event. Not at the start, which would be
    /// slower for functions, whose metrics are not scraped.
    fn create_series(&self) {
        let formats = UploadFormat::NAMES.into_iter().chain([NONE]);
        for format in formats {
            let types = FileType::ALL.iter().map(|one| one.name());
            for file_type in types.chain([NONE]) {
                for outcome in Outcome::all(Outcome::Stored) {
                    let labels = upload_labels(outcome.name(), format, file_type);
                    drop(self.uploads.get_or_create(&labels));
                }
            }
        }
        for status in UpstreamResult::STATUSES {
            for return_code in UpstreamResult::RETURN_CODES {
                let labels = [("status", status), ("return_code", return_code)];
                drop(self.upstream_results.get_or_create(&labels));
            }
        }
        for call in ChatCallKind::ALL {
            let call = ("call", call.name());
            for outcome in Outcome::all(Outcome::Succeeded) {
                let labels = [call, ("outcome", outcome.name())];
                drop(self.chat_calls.get_or_create(&labels));
            }
            drop(self.chat_durations.get_or_create(&[call]));
        }
        for code in LOG_REASON_CODES {
            drop(self.rejections.get_or_create(&[("reason_code", code)]));
        }
        for code in CHAT_LOG_REASON_CODES {
            drop(self.chat_rejections.get_or_create(&[("reason_code", code)]));
        }
        for result in ["clean", "malware", "unavailable"] {
            drop(self.scans.get_or_create(&[("result", result)]));
        }
        for conversion in Conversion::ALL {
            let labels = [("from", conversion.source())];
            drop(self.conversions.get_or_create(&labels));
        }
        for kind in MetadataKind::ALL {
            let labels = [("kind", kind.name())];
            drop(self.metadata_removed.get_or_create(&labels));
        }
        for phase in ["receive", "validate", "scan", "upstream"] {
            drop(self.durations.get_or_create(&[("phase", phase)]));
        }
    }

    /// Adds the metrics to the registry, which appends a full stop to each help text and `_total`
    /// to each counter's name.
    fn register(mut self, tokens: Option<TokenCache>) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "build",
            "Always 1; the label names the program's version",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register(
            "uploads",
            "Finished uploads by outcome, request format and file type",
            self.uploads.clone(),
        );
        registry.register(
            "uploads_in_flight",
            "Uploads that have begun and not finished",
            self.in_flight.clone(),
        );
        registry.register(
            "overloaded",
            "Uploads rejected because too many others were in flight",
            self.overloaded.clone(),
        );
        registry.register(
            "rejections",
            "Uploads and requests to unknown paths that the gateway itself rejected, by reason code",
            self.rejections.clone(),
        );
        registry.register("scans", "Malware scans by result", self.scans.clone());
        registry.register(
            "file_bytes",
            "Decoded bytes of the files whose type was proven",
            self.file_bytes.clone(),
        );
        registry.register(
            "conversions",
            "Files that were converted, by the format that they were received in",
            self.conversions.clone(),
        );
        registry.register(
            "metadata_removed",
            "Files from which metadata was removed, by kind of metadata",
            self.metadata_removed.clone(),
        );
        registry.register(
            "upstream_attempts",
            "Attempts to send an upload to the upstream, including retries",
            self.upstream_attempts.clone(),
        );
        registry.register(
            "upstream_results",
            "Uploads to which the upstream responded, by its last status and return code",
            self.upstream_results.clone(),
        );
        registry.register_collector(Box::new(FetchCollector(tokens)));
        registry.register_collector(Box::new(LostLinesCollector));
        registry.register(
            "duration_seconds",
            "Time that uploads spent in each phase",
            self.durations.clone(),
        );
        self.register_chat_calls()
    }

    fn register_chat_calls(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "chat_calls",
            "Finished calls of the chat by call and outcome",
            self.chat_calls.clone(),
        );
        registry.register(
            "chat_calls_in_flight",
            "Calls of the chat that have begun and not finished",
            self.chat_calls_in_flight.clone(),
        );
        registry.register(
            "chat_rejections",
            "Calls of the chat that the gateway itself rejected, by reason code",
            self.chat_rejections.clone(),
        );
        registry.register(
            "chat_call_duration_seconds",
            "Time that calls of the chat took, by call",
            self.chat_durations.clone(),
        );
        self
    }

    /// Counts a request that is rejected for this reason.
    pub(super) fn count_rejection(&self, reason_code: &'static str) {
        let labels = [("reason_code", reason_code)];
        self.rejections.get_or_create(&labels).inc();
    }

    /// Returns all metrics in the text format of Prometheus.
    pub(super) fn text(&self) -> String {
        self.series.call_once(|| self.create_series());
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }

    /// Returns the number of token fetches since the last call of this function.
    pub(super) fn fetches_since_last_line(&self, fetches: TokenFetches) -> u64 {
        let total = fetches.obtained + fetches.failed;
        let before = self.last_reported_fetches.swap(total, Ordering::Relaxed);
        total.saturating_sub(before)
    }
}

/// The labels of a finished upload.
pub(super) const fn upload_labels(
    outcome: &'static str,
    format: &'static str,
    file_type: &'static str,
) -> Labels<3> {
    [
        ("outcome", outcome),
        ("format", format),
        ("file_type", file_type),
    ]
}

/// Exports the counts of the token cache; zeros without one.
#[derive(Debug)]
struct FetchCollector(Option<TokenCache>);

impl Collector for FetchCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let fetches = self.0.as_ref().map(TokenCache::fetches);
        let fetches = fetches.unwrap_or_default();
        let help = "Requests for an access token by result.";
        let kind = MetricType::Counter;
        let mut metric = encoder.encode_descriptor("token_fetches", help, None, kind)?;
        for (result, count) in [("obtained", fetches.obtained), ("failed", fetches.failed)] {
            let labels = [("result", result)];
            ConstCounter::new(count).encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// Exports the count of lost log lines.
#[derive(Debug)]
struct LostLinesCollector;

impl Collector for LostLinesCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let help = "Log lines that were lost because standard output was not read.";
        let metric =
            encoder.encode_descriptor("log_lines_lost", help, None, MetricType::Counter)?;
        ConstCounter::new(lines_lost()).encode(metric)
    }
}
