//! Why a file is not passed on, and why there is no verdict.

use std::io;

/// Why a file is not passed on. `Display` is what the caller reads: the signature's name and what is
/// wrong with the scanner are the operator's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanRefusal {
    /// Something was found.
    #[error("the malware scan found something in the file; send another file")]
    Malware,
    /// There is no verdict, and none is needed only where `SCAN_FAILURE` is `allow`.
    #[error("the file could not be scanned for malware; try again later")]
    Unavailable,
}

/// Why there is no verdict, as the log tells it.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScanError {
    #[error("the scanner failed several times in a row and is left alone for a while")]
    Suspended,
    #[error("no connection to the scanner: {0}")]
    Unreachable(io::Error),
    #[error("the scanner did not answer in time")]
    TimedOut,
    #[error("there was too little time left for the scan")]
    NoTimeLeft,
    #[error("the scanner hung up: the file may be over its StreamMaxLength")]
    HungUp,
    /// The answer, in printable ASCII.
    #[error("the scanner answered: {0}")]
    Error(String),
    #[error("what answered is not clamd, or its answer was cut short")]
    NotClamd,
}
