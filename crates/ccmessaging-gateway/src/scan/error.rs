//! Why a file is rejected, and why a scan has no verdict.

use std::io;

/// Why a file is rejected. `Display` is the sentence for the caller; only the log contains the
/// signature's name and the scanner's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScanRefusal {
    /// The scan found something.
    #[error("the malware scan found something in the file; send another file")]
    Malware,
    /// The scan has no verdict, and `SCAN_FAILURE` is `refuse`.
    #[error("the file could not be scanned for malware; try again later")]
    Unavailable,
}

/// Why a scan has no verdict, for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScanError {
    #[error("scanning is suspended because the scanner failed several times in a row")]
    Suspended,
    #[error("cannot connect to the scanner: {0}")]
    Unreachable(io::Error),
    #[error("the scanner did not respond in time")]
    TimedOut,
    #[error("too little time was left for the scan")]
    NoTimeLeft,
    #[error("the scanner reported no malware before it had received the whole file")]
    Premature,
    #[error("the scanner closed the connection: the file may exceed its StreamMaxLength")]
    HungUp,
    /// The response, in printable ASCII.
    #[error("the scanner returned an error: {0}")]
    Error(String),
    #[error("the response is not from clamd, or was truncated")]
    NotClamd,
}
