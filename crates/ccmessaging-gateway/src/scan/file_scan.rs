//! The scan of one file, piece by piece.

use std::io;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ccmessaging_core::Content;
use futures_util::stream;
use tokio::sync::mpsc;

use super::clamd::Verdict;
use super::error::{ScanError, ScanRefusal};
use super::{ScanReport, ScanResult, Scanner};
use crate::config::ScanFailure;
use crate::time_budget::TimeBudget;

/// How much of a file in memory is decoded at a time: whole groups of Base64.
const PIECE_BYTES: usize = 48 * 1024;

/// The scan of one file. What the scanner keeps the upload waiting for counts against the budget that
/// each step is given, and in all against `SCAN_TIMEOUT_MS`. Dropped, it hangs up.
pub(crate) struct FileScan<'a> {
    scanner: &'a Scanner,
    /// `None` after a failure that is allowed.
    running: Option<Running<'a>>,
    began: Instant,
    waited: Duration,
    /// How long the upload waited for another scan of it before.
    waited_before: Duration,
    /// It has not told the breaker yet how it went.
    is_open: bool,
    report: &'a mut Option<ScanReport>,
}

/// It runs while the upload waits for it, and not between.
struct Running<'a> {
    pieces: mpsc::Sender<Bytes>,
    scan: Pin<Box<dyn Future<Output = Result<Verdict, ScanError>> + Send + 'a>>,
}

impl<'a> FileScan<'a> {
    /// Begins a scan, of which `report` tells what came.
    pub(crate) fn begin(
        scanner: &'a Scanner,
        report: &'a mut Option<ScanReport>,
    ) -> Result<Self, ScanRefusal> {
        let began = scanner.clock.now();
        let mut scan = Self {
            scanner,
            running: None,
            began,
            waited: Duration::ZERO,
            waited_before: report.as_ref().map_or(Duration::ZERO, |report| report.time),
            is_open: false,
            report,
        };
        if scanner.breaker.admits(began) {
            scan.is_open = true;
            scan.running = Some(Running::start(scanner));
        } else {
            scan.fail(&ScanError::Suspended)?;
        }
        Ok(scan)
    }

    /// Scans a file that is in memory.
    pub(crate) async fn whole<C: Content>(
        mut self,
        file: &C,
        budget: &mut TimeBudget,
    ) -> Result<(), ScanRefusal> {
        let mut offset = 0;
        while offset < file.len() {
            let mut piece = vec![0; PIECE_BYTES.min(file.len() - offset)];
            file.read_at(offset, &mut piece);
            offset += piece.len();
            self.push(piece.into(), budget).await?;
        }
        self.finish(budget).await
    }

    /// Hands over the next bytes of the file, as fast as the scanner takes them.
    pub(crate) async fn push(
        &mut self,
        piece: Bytes,
        budget: &mut TimeBudget,
    ) -> Result<(), ScanRefusal> {
        let Some(mut running) = self.running.take() else {
            return Ok(());
        };
        let pushing = async {
            tokio::select! {
                // It has to run for the piece before this one to be taken.
                biased;
                ended = &mut running.scan => ended.map(Some),
                Ok(()) = running.pieces.send(piece) => Ok(None),
            }
        };
        let pushed = self.wait(budget, pushing).await;
        match pushed.unwrap_or_else(|| Err(self.late())) {
            Ok(None) => {
                self.running = Some(running);
                Ok(())
            }
            Ok(Some(Verdict::Found(name))) => self.found(name),
            // It does not know the whole file.
            Ok(Some(Verdict::Clean)) => self.fail(&ScanError::NotClamd),
            Err(error) => self.fail(&error),
        }
    }

    /// Waits for the verdict on the whole file. Only after this has returned `Ok` may an upload be
    /// completed.
    pub(crate) async fn finish(mut self, budget: &mut TimeBudget) -> Result<(), ScanRefusal> {
        let Some(running) = self.running.take() else {
            return Ok(());
        };
        drop(running.pieces);
        let verdict = self.wait(budget, running.scan).await;
        match verdict.unwrap_or_else(|| Err(self.late())) {
            Ok(Verdict::Clean) => {
                self.answered();
                self.tell(ScanResult::Clean);
                Ok(())
            }
            Ok(Verdict::Found(name)) => self.found(name),
            Err(error) => self.fail(&error),
        }
    }

    /// Waits for the scanner: `None` if it takes too long.
    async fn wait<F: Future>(&mut self, budget: &mut TimeBudget, future: F) -> Option<F::Output> {
        let before = budget.spent();
        let longest = self.scanner.timeout.saturating_sub(self.waited);
        let output = budget.wait(longest, future).await;
        self.waited += budget.spent().saturating_sub(before);
        output
    }

    /// Whose fault it is that a wait has ended: the scanner's if it had at least half of its time.
    fn late(&self) -> ScanError {
        if self.waited < self.scanner.timeout / 2 {
            ScanError::NoTimeLeft
        } else {
            ScanError::TimedOut
        }
    }

    fn found(&mut self, name: String) -> Result<(), ScanRefusal> {
        self.answered();
        self.tell(ScanResult::Malware(name));
        Err(ScanRefusal::Malware)
    }

    /// There is no verdict.
    fn fail(&mut self, error: &ScanError) -> Result<(), ScanRefusal> {
        match error {
            ScanError::Unreachable(_) | ScanError::TimedOut | ScanError::NotClamd => {
                self.is_open = false;
                let now = self.scanner.clock.now();
                self.scanner.breaker.failed(self.began, now);
            }
            // It is there. A caller must not be able to have it left alone by sending files that it does
            // not take, or many at once.
            ScanError::HungUp | ScanError::Error(_) => self.answered(),
            ScanError::Suspended | ScanError::NoTimeLeft => {}
        }
        self.tell(ScanResult::Unavailable(error.to_string()));
        match self.scanner.on_failure {
            ScanFailure::Refuse => Err(ScanRefusal::Unavailable),
            ScanFailure::Allow => Ok(()),
        }
    }

    fn answered(&mut self) {
        self.is_open = false;
        self.scanner.breaker.answered(self.scanner.clock.now());
    }

    fn tell(&mut self, result: ScanResult) {
        *self.report = Some(ScanReport {
            time: self.waited_before + self.waited,
            result,
        });
    }
}

impl Drop for FileScan<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.scanner.breaker.abandoned(self.scanner.clock.now());
        }
    }
}

impl Running<'_> {
    fn start(scanner: &Scanner) -> Self {
        let (pieces, mut taken) = mpsc::channel(1);
        let file = stream::poll_fn(move |context| {
            let piece = taken.poll_recv(context);
            piece.map(|piece| piece.map(io::Result::Ok))
        });
        Self {
            pieces,
            scan: Box::pin(scanner.clamd.clone().scan(file)),
        }
    }
}
