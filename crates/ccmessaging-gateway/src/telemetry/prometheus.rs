//! The metrics in the text format of Prometheus, version 0.0.4.
//!
//! Written here rather than by a library: the counts are few, and their names and labels are words
//! of the program, in which nothing needs an escape. The crate that writes the format, `prometheus`,
//! makes the compressed program 82 KB larger.

use std::fmt::{Display, Write as _};
use std::time::Duration;

use ccmessaging_client::TokenFetches;

use super::OVERLOADED;
use super::metrics::{BUCKETS, Counts};

/// The text's media type.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What stands before every name.
const PREFIX: &str = "upload_file_stream";

/// All metrics.
pub(super) fn text(counts: &Counts, fetches: TokenFetches) -> String {
    let mut text = Exposition::default();
    text.family(
        "build_info",
        Kind::Gauge,
        "Always 1; the label names the program's version.",
    );
    text.sample("build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    text.family(
            "uploads_total",
            Kind::Counter,
            "Uploads that ended, by outcome, by the format in which the file came, and by the file's type.",
        );
    for ((outcome, format, file_type), count) in &counts.uploads {
        let labels = [
            ("outcome", *outcome),
            ("format", *format),
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
        "overloaded_total",
        Kind::Counter,
        "Uploads that were refused because too many others were in flight.",
        counts
            .rejections
            .get(OVERLOADED)
            .copied()
            .unwrap_or_default(),
    );
    text.family(
        "rejections_total",
        Kind::Counter,
        "Uploads that the gateway answered itself, by reason code.",
    );
    for (reason_code, count) in &counts.rejections {
        text.sample("rejections_total", &[("reason_code", reason_code)], count);
    }
    text.family(
        "scans_total",
        Kind::Counter,
        "Files that were scanned for malware, by result.",
    );
    for result in ["clean", "malware", "unavailable"] {
        let count = counts.scans.get(result).copied().unwrap_or_default();
        text.sample("scans_total", &[("result", result)], count);
    }
    text.single(
        "file_bytes_total",
        Kind::Counter,
        "Decoded bytes of the files that were proven to be of their type.",
        counts.file_bytes,
    );
    text.family(
        "metadata_removed_total",
        Kind::Counter,
        "Files from which metadata was removed, by its kind.",
    );
    for (kind, count) in &counts.removed {
        text.sample("metadata_removed_total", &[("kind", kind)], count);
    }
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
    durations(&mut text, counts);
    text.finish()
}

fn durations(text: &mut Exposition, counts: &Counts) {
    text.family(
        "duration_seconds",
        Kind::Histogram,
        "Where the time of uploads went, by phase.",
    );
    for (phase, histogram) in [
        ("receive", &counts.receive),
        ("validate", &counts.validate),
        ("scan", &counts.scan),
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
}

/// How a metric behaves.
#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A text that is being written, one metric after the other.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    /// Begins a metric; its samples must follow at once.
    fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = kind.name();
        self.line(format_args!("# HELP {PREFIX}_{name} {help}"));
        self.line(format_args!("# TYPE {PREFIX}_{name} {kind}"));
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{value}\""))
            .collect();
        if labels.is_empty() {
            self.line(format_args!("{PREFIX}_{name} {value}"));
        } else {
            let labels = labels.join(",");
            self.line(format_args!("{PREFIX}_{name}{{{labels}}} {value}"));
        }
    }

    /// A metric of one sample without labels.
    fn single(&mut self, name: &str, kind: Kind, help: &str, value: u64) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The samples of a histogram for one label, from the counts of its buckets alone: the text
    /// holds for each bound how many are not above it.
    fn histogram(
        &mut self,
        name: &str,
        label: (&str, &str),
        buckets: impl Iterator<Item = (Duration, u64)>,
        count: u64,
        sum: Duration,
    ) {
        let bucket = format!("{name}_bucket");
        let mut up_to_here = 0;
        for (bound, count) in buckets {
            up_to_here += count;
            let bound = bound.as_secs_f64().to_string();
            self.sample(&bucket, &[label, ("le", &bound)], up_to_here);
        }
        self.sample(&bucket, &[label, ("le", "+Inf")], count);
        self.sample(&format!("{name}_sum"), &[label], sum.as_secs_f64());
        self.sample(&format!("{name}_count"), &[label], count);
    }

    fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}
