//! The counts that all uploads share.
//!
//! Kept here rather than by a library: the counts are few and their labels fixed. The library that
//! writes the text format, `prometheus`, makes the compressed program 82 KB larger, and the smaller
//! `prometheus-client` writes another format, OpenMetrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::exposition::{Exposition, Kind};
use super::{Measured, Phases, cloudwatch};

/// The upper bounds of a duration's buckets. The longest lies above the default timeouts.
const BUCKETS: [Duration; 12] = [
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];

/// Counts what uploads do, from the program's start on.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    uploads: BTreeMap<Labels, u64>,
    in_flight: u64,
    refused_for_fullness: u64,
    file_bytes: u64,
    attempts: u64,
    receive: Histogram,
    validate: Histogram,
    upstream: Histogram,
    /// What the last line for CloudWatch knew.
    told_fetches: TokenFetches,
}

/// Outcome, lane and file type.
type Labels = (&'static str, &'static str, &'static str);

/// How often access tokens were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenFetches {
    /// The token service gave one.
    pub obtained: u64,
    /// It gave none.
    pub failed: u64,
}

impl TokenFetches {
    fn total(self) -> u64 {
        self.obtained + self.failed
    }
}

#[derive(Debug, Default)]
struct Histogram {
    /// How many fell into each bucket, and not into one below it.
    counts: [u64; BUCKETS.len()],
    count: u64,
    sum: Duration,
}

impl Histogram {
    fn observe(&mut self, time: Duration) {
        if let Some(bucket) = BUCKETS.iter().position(|bound| time <= *bound) {
            self.counts[bucket] += 1;
        }
        self.count += 1;
        self.sum += time;
    }
}

impl Metrics {
    /// An upload begins.
    pub(crate) fn begin(&self) {
        self.counts().in_flight += 1;
    }

    /// An upload that began has ended.
    pub(crate) fn end(&self, upload: &Measured) {
        let mut counts = self.counts();
        let labels = (
            upload.outcome.name(),
            upload.lane_label(),
            upload.file_type_label(),
        );
        *counts.uploads.entry(labels).or_default() += 1;
        counts.in_flight = counts.in_flight.saturating_sub(1);
        counts.refused_for_fullness += u64::from(upload.is_refused_for_fullness);
        counts.file_bytes += upload.decoded_bytes.unwrap_or_default() as u64;
        counts.attempts += u64::from(upload.attempts);
        let Phases {
            receive,
            validate,
            upstream,
        } = upload.phases;
        counts.receive.observe(receive);
        if let Some(time) = validate {
            counts.validate.observe(time);
        }
        if let Some(time) = upstream {
            counts.upstream.observe(time);
        }
    }

    /// The line that tells CloudWatch of an upload, and of the token fetches since the last line.
    pub(crate) fn cloudwatch_line(
        &self,
        namespace: &str,
        upload: &Measured,
        fetches: TokenFetches,
    ) -> String {
        let told = std::mem::replace(&mut self.counts().told_fetches, fetches);
        let fetches = fetches.total().saturating_sub(told.total());
        cloudwatch::line(namespace, upload, fetches)
    }

    /// All counts in the text format of Prometheus.
    pub(crate) fn prometheus_text(&self, fetches: TokenFetches) -> String {
        let counts = self.counts();
        let mut text = Exposition::default();
        text.family(
            "uploads_total",
            Kind::Counter,
            "Uploads that ended, by outcome, by the lane in which the file came, and by the file's type.",
        );
        for ((outcome, lane, file_type), count) in &counts.uploads {
            let labels = [
                ("outcome", *outcome),
                ("lane", *lane),
                ("file_type", *file_type),
            ];
            text.sample("uploads_total", &labels, count);
        }
        text.single(
            "uploads_in_flight",
            Kind::Gauge,
            "Uploads that have begun and not ended.",
            counts.in_flight,
        );
        text.single(
            "refused_for_fullness_total",
            Kind::Counter,
            "Uploads that were refused because too many others were in flight.",
            counts.refused_for_fullness,
        );
        text.single(
            "file_bytes_total",
            Kind::Counter,
            "Decoded bytes of the files that were proven to be of their type.",
            counts.file_bytes,
        );
        text.single(
            "upstream_attempts_total",
            Kind::Counter,
            "Attempts to hand an upload to the upstream, repeats included.",
            counts.attempts,
        );
        text.family(
            "token_fetches_total",
            Kind::Counter,
            "Calls for an access token, by result.",
        );
        for (result, count) in [("obtained", fetches.obtained), ("failed", fetches.failed)] {
            text.sample("token_fetches_total", &[("result", result)], count);
        }
        text.family(
            "duration_seconds",
            Kind::Histogram,
            "Where the time of uploads went, by phase.",
        );
        for (phase, histogram) in [
            ("receive", &counts.receive),
            ("validate", &counts.validate),
            ("upstream", &counts.upstream),
        ] {
            let buckets = BUCKETS.into_iter().zip(histogram.counts);
            text.histogram(
                "duration_seconds",
                ("phase", phase),
                buckets,
                histogram.count,
                histogram.sum,
            );
        }
        text.finish()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
