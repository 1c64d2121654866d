//! The scan of one file.

use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ccmessaging_client::Deadline;
use ccmessaging_core::Content;
use futures_util::{Stream, stream};

use super::clamd::Verdict;
use super::error::{ScanError, ScanRefusal};
use super::{ScanReport, ScanResult, Scanner};
use crate::config::ScanFailure;

/// How much of a file is decoded at a time: whole groups of Base64.
const PIECE_BYTES: usize = 48 * 1024;

impl Scanner {
    /// Scans a file, for `SCAN_TIMEOUT_MS` at most, and records the result in `report`. Only after this
    /// has returned `Ok` may the file be sent.
    pub(crate) async fn scan<C: Content + Sync>(
        &self,
        file: &C,
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

    async fn verdict<C: Content + Sync>(
        &self,
        file: &C,
        deadline: Deadline,
    ) -> Result<Verdict, ScanError> {
        let began = self.clock.now();
        if self.suspension.is_active(began) {
            return Err(ScanError::Suspended);
        }
        let started = Instant::now();
        let timeout = Deadline::after(self.timeout).min_with(Some(deadline));
        let scan = self.clamd.clone().scan(pieces(file));
        let result = timeout.timeout(scan).await.unwrap_or_else(|| {
            // The scanner is to blame only if it had at least half of its time.
            Err(if started.elapsed() < self.timeout / 2 {
                ScanError::NoTimeLeft
            } else {
                ScanError::TimedOut
            })
        });
        let now = self.clock.now();
        match &result {
            Err(ScanError::Unreachable(_) | ScanError::TimedOut | ScanError::NotClamd) => {
                self.suspension.record_failure(began, now);
            }
            // The scanner works. A caller must not be able to suspend it by sending files that it
            // rejects, or many at once.
            Ok(_) | Err(ScanError::HungUp | ScanError::Error(_)) => {
                self.suspension.record_response(now);
            }
            Err(ScanError::Suspended | ScanError::NoTimeLeft) => {}
        }
        result
    }
}

/// Decodes a file piece by piece, as fast as the scanner reads.
fn pieces<C: Content + Sync>(file: &C) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let offsets = (0..file.len()).step_by(PIECE_BYTES);
    stream::iter(offsets.map(|offset| {
        let mut piece = vec![0; PIECE_BYTES.min(file.len() - offset)];
        file.read_at(offset, &mut piece);
        Ok(piece.into())
    }))
}
