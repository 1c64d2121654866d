//! Scans files for malware with ClamAV's `clamd` before they are sent.

mod clamd;
mod connection;
pub(crate) mod error;
mod file_scan;
mod suspension;

use std::time::Duration;

use ccmessaging_client::Deadline;

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
}

impl Scanner {
    /// Creates the scanner, without a connection.
    pub(crate) fn new(config: &ScanConfig) -> Self {
        Self {
            clamd: Clamd::new(config.clamd.clone()),
            on_failure: config.on_failure,
            timeout: config.timeout,
            suspension: Suspension::default(),
        }
    }
}

/// A file in which no signature matches.
const HARMLESS: &[u8] = b"A harmless text.";

/// Scans a few harmless bytes, to check the settings of the scan.
///
/// # Errors
///
/// Why the scanner has no verdict, or the wrong one.
pub async fn probe_scanner(config: &ScanConfig) -> Result<(), String> {
    let scanner = Scanner::new(config);
    let mut report = None;
    let deadline = Deadline::after(config.timeout);
    // The report has more details than the refusal.
    let _ = scanner.scan(&HARMLESS, deadline, &mut report).await;
    match report.map(|report| report.result) {
        Some(ScanResult::Clean) => Ok(()),
        Some(ScanResult::Malware(name)) => Err(format!("it finds {name} in a harmless text")),
        Some(ScanResult::Unavailable(reason)) => Err(reason),
        None => Err("the scan did not end".to_owned()),
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

    /// The name of the signature that matched.
    pub(crate) fn malware(&self) -> Option<&str> {
        match self {
            Self::Malware(name) => Some(name),
            Self::Clean | Self::Unavailable(_) => None,
        }
    }

    /// Why the scan has no verdict.
    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Unavailable(reason) => Some(reason),
            Self::Clean | Self::Malware(_) => None,
        }
    }
}
