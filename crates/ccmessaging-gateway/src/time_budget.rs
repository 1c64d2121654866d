//! A total of time that may be spent waiting for one side of a transfer.

use std::time::{Duration, Instant};

use ccmessaging_client::Deadline;

/// How long one side, the client or the upstream, may keep the gateway waiting in all. Time that is
/// spent waiting for the other side does not count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeBudget {
    total: Duration,
    spent: Duration,
    cut_off: Option<Deadline>,
}

impl TimeBudget {
    /// A budget that also ends at the platform's deadline, if there is one.
    pub(crate) fn new(total: Duration, cut_off: Option<Deadline>) -> Self {
        Self {
            total,
            spent: Duration::ZERO,
            cut_off,
        }
    }

    pub(crate) fn spent(&self) -> Duration {
        self.spent
    }

    pub(crate) fn left(&self) -> Duration {
        self.total.saturating_sub(self.spent)
    }

    /// When the budget ends, if nothing but this side is waited for from now on.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.left()).or_earlier(self.cut_off)
    }

    /// Waits for this side, at most for `longest`: `None` if it takes longer than that or than the
    /// budget allows.
    pub(crate) async fn wait<F: Future>(
        &mut self,
        longest: Duration,
        future: F,
    ) -> Option<F::Output> {
        let started = Instant::now();
        let deadline = Deadline::after(longest.min(self.left())).or_earlier(self.cut_off);
        let output = deadline.limit(future).await;
        self.spent += started.elapsed();
        output
    }

    /// Whether the platform's deadline has passed.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.cut_off
            .is_some_and(|cut_off| cut_off.remaining().is_zero())
    }
}
