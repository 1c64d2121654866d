//! Scans files for malware with ClamAV's `clamd` before they are sent.

mod clamd;
mod connection;
mod error;
mod file_scan;
mod suspension;

use std::sync::Arc;
use std::time::Duration;

use ccmessaging_client::Clock;

use crate::config::{ScanConfig, ScanFailure};
use clamd::Clamd;
use suspension::Suspension;

pub use error::ScanRefusal;

/// The scanner, shared by all uploads.
#[derive(Debug)]
pub(crate) struct Scanner {
    clamd: Clamd,
    on_failure: ScanFailure,
    timeout: Duration,
    suspension: Suspension,
    clock: Arc<dyn Clock>,
}

impl Scanner {
    /// Creates the scanner, without a connection.
    pub(crate) fn new(config: &ScanConfig, clock: Arc<dyn Clock>) -> Self {
        Self {
            clamd: Clamd::new(config.clamd.clone()),
            on_failure: config.on_failure,
            timeout: config.timeout,
            suspension: Suspension::default(),
            clock,
        }
    }
}

/// The result of a scan, for the log and the metrics.
#[derive(Clone, Debug)]
pub(crate) struct ScanReport {
    /// How long the upload waited for the scan.
    pub(crate) time: Duration,
    pub(crate) result: ScanResult,
}

/// How a scan ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScanResult {
    /// The scan found nothing.
    Clean,
    /// A signature with this name matched; printable ASCII.
    Malware(String),
    /// The scan has no verdict, for this reason.
    Unavailable(String),
}

impl ScanResult {
    /// The name in log lines and metrics.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Malware(_) => "malware",
            Self::Unavailable(_) => "unavailable",
        }
    }
}
