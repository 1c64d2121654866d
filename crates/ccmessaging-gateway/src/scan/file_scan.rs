//! The scan of one file.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use ccmessaging_client::Deadline;
use ccmessaging_core::Content;
use futures_util::{Stream, stream};
use tokio::time::Instant;

use super::clamd::Verdict;
use super::error::{ScanError, ScanRefusal};
use super::{ScanReport, ScanResult, Scanner};
use crate::config::ScanFailure;

/// How much of a file is decoded at a time: whole groups of Base64.
const PIECE_BYTES: usize = 48 * 1024;

impl Scanner {
    /// Scans a file, for `SCAN_TIMEOUT_MS` at most, and records the result in `report`. Only after this
    /// has returned `Ok` may the file be sent.
    pub(crate) async fn scan(
        &self,
        file: &(dyn Content + Sync),
        deadline: Deadline,
        report: &mut Option<ScanReport>,
    ) -> Result<(), ScanRefusal> {
        let earlier_scan = report.as_ref().map_or(Duration::ZERO, |report| report.time);
        let started = Instant::now();
        let (result, refusal) = match self.verdict(file, deadline).await {
            Ok(Verdict::Clean) => (ScanResult::Clean, None),
            Ok(Verdict::Found(name)) => (ScanResult::Malware(name), Some(ScanRefusal::Malware)),
            Err(error) => {
                let refusal = match self.on_failure {
                    ScanFailure::Refuse => Some(ScanRefusal::Unavailable),
                    ScanFailure::Allow => None,
                };
                (ScanResult::Unavailable(error.to_string()), refusal)
            }
        };
        *report = Some(ScanReport {
            time: earlier_scan + started.elapsed(),
            result,
        });
        refusal.map_or(Ok(()), Err)
    }

    async fn verdict(
        &self,
        file: &(dyn Content + Sync),
        deadline: Deadline,
    ) -> Result<Verdict, ScanError> {
        let began = Instant::now();
        if self.suspension.is_active(began) {
            return Err(ScanError::Suspended);
        }
        let timeout = Deadline::after(self.timeout).min_with(Some(deadline));
        let scan = self.clamd.scan(pieces(file));
        let result = timeout.timeout(scan).await.unwrap_or_else(|| {
            // A caller can shorten the deadline, so only a scan that had all of its time counts.
            Err(if began.elapsed() < self.timeout {
                ScanError::NoTimeLeft
            } else {
                ScanError::TimedOut
            })
        });
        // A caller must not be able to suspend the scanner by sending files that it rejects, that it
        // scans slowly, or many at once.
        let is_alive = match &result {
            Ok(_) | Err(ScanError::HungUp | ScanError::Error(_)) => true,
            Err(ScanError::TimedOut) => self.clamd.is_alive().await,
            Err(ScanError::Unreachable(_) | ScanError::NotClamd | ScanError::Premature) => false,
            Err(ScanError::Suspended | ScanError::NoTimeLeft) => return result,
        };
        let now = Instant::now();
        if is_alive {
            self.suspension.record_response(now);
        } else {
            self.suspension.record_failure(began, now);
        }
        result
    }
}

/// Decodes a file piece by piece, as fast as the scanner reads.
fn pieces(file: &(dyn Content + Sync)) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let offsets = (0..file.len()).step_by(PIECE_BYTES);
    stream::iter(offsets.map(|offset| {
        let mut piece = vec![0; PIECE_BYTES.min(file.len() - offset)];
        file.read_at(offset, &mut piece);
        Ok(piece.into())
    }))
}
