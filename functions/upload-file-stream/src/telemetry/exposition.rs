//! The text format of Prometheus, version 0.0.4.
//!
//! Names, labels and their values are words of the program, in which nothing needs an escape.

use std::fmt::{Display, Write as _};
use std::time::Duration;

/// The text's media type.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What stands before every name.
const PREFIX: &str = "upload_file_stream";

/// How a metric behaves.
#[derive(Clone, Copy)]
pub(super) enum Kind {
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
pub(super) struct Exposition(String);

impl Exposition {
    /// Begins a metric; its samples must follow at once.
    pub(super) fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = kind.name();
        self.line(format_args!("# HELP {PREFIX}_{name} {help}"));
        self.line(format_args!("# TYPE {PREFIX}_{name} {kind}"));
    }

    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
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
    pub(super) fn single(&mut self, name: &str, kind: Kind, help: &str, value: u64) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The samples of a histogram for one label, from the counts of its buckets alone: the text
    /// holds for each bound how many are not above it.
    pub(super) fn histogram(
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

    pub(super) fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}
