//! The scan of one file, piece by piece.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use ccmessaging_core::Content;
use futures_util::stream;
use tokio::sync::{SemaphorePermit, mpsc};

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
    waited: Duration,
    /// How much of that was for a connection, before the scanner was asked.
    queued: Duration,
    report: &'a mut Option<ScanReport>,
}

/// It runs while the upload waits for it, and not between.
struct Running<'a> {
    pieces: mpsc::Sender<Bytes>,
    scan: Pin<Box<dyn Future<Output = Result<Verdict, ScanError>> + Send + 'a>>,
    _connection: SemaphorePermit<'a>,
}

impl<'a> FileScan<'a> {
    /// Begins a scan, of which `report` tells what came.
    pub(crate) async fn begin(
        scanner: &'a Scanner,
        report: &'a mut Option<ScanReport>,
        budget: &mut TimeBudget,
    ) -> Result<Self, ScanRefusal> {
        let mut scan = Self {
            scanner,
            running: None,
            waited: Duration::ZERO,
            queued: Duration::ZERO,
            report,
        };
        match scan.start(budget).await {
            Ok(running) => scan.running = Some(running),
            Err(error) => scan.fail(&error)?,
        }
        Ok(scan)
    }

    /// Scans a file that is in memory.
    pub(crate) async fn whole<C: Content>(
        mut self,
        file: &C,
        budget: &mut TimeBudget,
    ) -> Result<(), ScanRefusal> {
        for offset in (0..file.len()).step_by(PIECE_BYTES) {
            let mut piece = vec![0; PIECE_BYTES.min(file.len() - offset)];
            let count = file.read_at(offset, &mut piece);
            piece.truncate(count);
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
                ended = &mut running.scan => ended.and(Err(ScanError::NotClamd)),
                Ok(()) = running.pieces.send(piece) => Ok(()),
            }
        };
        let pushed = self.wait(budget, pushing).await;
        match pushed.unwrap_or_else(|| Err(self.late())) {
            Ok(()) => {
                self.running = Some(running);
                Ok(())
            }
            Err(error) => self.fail(&error),
        }
    }

    /// Waits for the verdict on the whole file. Only after this has returned `Ok` may an upload be
    /// completed.
    pub(crate) async fn finish(mut self, budget: &mut TimeBudget) -> Result<(), ScanRefusal> {
        // Held to the end of this, and its place among the connections with it.
        let Some(running) = self.running.take() else {
            return Ok(());
        };
        drop(running.pieces);
        let verdict = self.wait(budget, running.scan).await;
        match verdict.unwrap_or_else(|| Err(self.late())) {
            Ok(Verdict::Clean) => {
                self.scanner.breaker.succeeded();
                self.tell(ScanResult::Clean);
                Ok(())
            }
            Ok(Verdict::Found(name)) => {
                self.scanner.breaker.succeeded();
                self.tell(ScanResult::Malware(name));
                Err(ScanRefusal::Malware)
            }
            Err(error) => self.fail(&error),
        }
    }

    async fn start(&mut self, budget: &mut TimeBudget) -> Result<Running<'a>, ScanError> {
        let scanner = self.scanner;
        let connection = self.wait(budget, scanner.connections.acquire()).await;
        let Some(Ok(connection)) = connection else {
            return Err(ScanError::Busy);
        };
        self.queued = self.waited;
        // Last of all: who is admitted after a pause must try.
        if !scanner.breaker.admits(scanner.clock.now()) {
            return Err(ScanError::Suspended);
        }
        let (pieces, mut taken) = mpsc::channel(1);
        let file = stream::poll_fn(move |context| {
            let piece = taken.poll_recv(context);
            piece.map(|piece| piece.map(io::Result::Ok))
        });
        Ok(Running {
            pieces,
            scan: Box::pin(scanner.clamd.clone().scan(file)),
            _connection: connection,
        })
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
        let asked = self.waited.saturating_sub(self.queued);
        if asked < self.scanner.timeout / 2 {
            ScanError::NoTimeLeft
        } else {
            ScanError::TimedOut
        }
    }

    /// There is no verdict.
    fn fail(&mut self, error: &ScanError) -> Result<(), ScanRefusal> {
        if error.is_the_scanners() {
            self.scanner.breaker.failed(self.scanner.clock.now());
        }
        self.tell(ScanResult::Unavailable(error.to_string()));
        match self.scanner.on_failure {
            ScanFailure::Refuse => Err(ScanRefusal::Unavailable),
            ScanFailure::Allow => Ok(()),
        }
    }

    fn tell(&mut self, result: ScanResult) {
        *self.report = Some(ScanReport {
            time: self.waited,
            result,
        });
    }
}
