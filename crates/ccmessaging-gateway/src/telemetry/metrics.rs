//! The counts that all uploads share.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use ccmessaging_client::TokenFetches;

use super::UploadEvent;
use crate::sync::lock;

/// The upper bounds of a duration's buckets. The longest lies above the default timeouts.
pub(super) const BUCKETS: [Duration; 12] = [
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
pub(super) struct Metrics {
    counts: Mutex<Counts>,
    /// What the last line for CloudWatch knew.
    told_fetches: Mutex<u64>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) uploads: BTreeMap<Labels, u64>,
    pub(super) in_flight: u64,
    /// Uploads that were not stored, by reason code.
    pub(super) rejections: BTreeMap<&'static str, u64>,
    /// Scans for malware, by result.
    pub(super) scans: BTreeMap<&'static str, u64>,
    pub(super) file_bytes: u64,
    /// Files from which metadata was removed, by its kind.
    pub(super) removed: BTreeMap<&'static str, u64>,
    pub(super) attempts: u64,
    pub(super) receive: Histogram,
    pub(super) validate: Histogram,
    pub(super) scan: Histogram,
    pub(super) upstream: Histogram,
}

/// Outcome, format and file type.
type Labels = (&'static str, &'static str, &'static str);

#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    /// How many fell into each bucket, and not into one below it.
    pub(super) counts: [u64; BUCKETS.len()],
    pub(super) count: u64,
    pub(super) sum: Duration,
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
    pub(super) fn begin(&self) {
        lock(&self.counts).in_flight += 1;
    }

    /// An upload that began has ended.
    pub(super) fn record(&self, upload: &UploadEvent<'_>) {
        let mut counts = lock(&self.counts);
        let labels = (
            upload.outcome_name(),
            upload.format_name(),
            upload.file_type_name(),
        );
        *counts.uploads.entry(labels).or_default() += 1;
        counts.in_flight = counts.in_flight.saturating_sub(1);
        if let Some(reason_code) = upload.reason_code {
            *counts.rejections.entry(reason_code).or_default() += 1;
        }
        if let Some(scan) = &upload.scan {
            *counts.scans.entry(scan.result.name()).or_default() += 1;
        }
        counts.file_bytes += upload.decoded_bytes.unwrap_or_default() as u64;
        for kind in &upload.removed {
            *counts.removed.entry(kind.name()).or_default() += 1;
        }
        counts.attempts += u64::from(upload.attempts.count());
        let phases = upload.phases();
        counts.receive.observe(phases.receive);
        if let Some(time) = phases.validate {
            counts.validate.observe(time);
        }
        if let Some(time) = phases.scan {
            counts.scan.observe(time);
        }
        if let Some(time) = phases.upstream {
            counts.upstream.observe(time);
        }
    }

    /// The counts as they stand now.
    pub(super) fn snapshot(&self) -> Counts {
        lock(&self.counts).clone()
    }

    /// How often a token was asked for since the last call of this.
    pub(super) fn fetches_since_last_line(&self, fetches: TokenFetches) -> u64 {
        let total = fetches.obtained + fetches.failed;
        total.saturating_sub(std::mem::replace(&mut *lock(&self.told_fetches), total))
    }
}
