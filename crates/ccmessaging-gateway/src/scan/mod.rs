//! Scans files for malware with ClamAV's `clamd` before they are sent.

mod breaker;
mod clamd;
mod error;
mod file_scan;

use std::sync::Arc;
use std::time::Duration;

use ccmessaging_client::Clock;

use crate::config::{ScanConfig, ScanFailure};
use breaker::Breaker;
use clamd::Clamd;

pub use error::ScanRefusal;

/// The scanner as all uploads share it.
#[derive(Debug)]
pub(crate) struct Scanner {
    clamd: Clamd,
    on_failure: ScanFailure,
    timeout: Duration,
    breaker: Breaker,
    clock: Arc<dyn Clock>,
}

impl Scanner {
    /// Connects to nothing yet.
    pub(crate) fn new(config: &ScanConfig, clock: Arc<dyn Clock>) -> Self {
        Self {
            clamd: Clamd::new(config.clamd.clone()),
            on_failure: config.on_failure,
            timeout: config.timeout,
            breaker: Breaker::default(),
            clock,
        }
    }
}

/// What came of the scan of a file, for the log and the metrics.
#[derive(Clone, Debug)]
pub(crate) struct ScanReport {
    /// How long the upload waited for it.
    pub(crate) time: Duration,
    pub(crate) result: ScanResult,
}

/// How a scan ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScanResult {
    /// Nothing was found.
    Clean,
    /// A signature with this name matches: printable ASCII.
    Malware(String),
    /// There is no verdict, for this reason.
    Unavailable(String),
}

impl ScanResult {
    /// The result as log lines and metrics name it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Malware(_) => "malware",
            Self::Unavailable(_) => "unavailable",
        }
    }
}
