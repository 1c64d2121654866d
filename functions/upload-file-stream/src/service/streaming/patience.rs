//! How long the upstream may keep the gateway waiting while a file is sent on.

use std::time::{Duration, Instant};

use crate::Deadline;
use crate::upstream::UpstreamError;

/// How long the upstream may keep the gateway waiting, in all. The time that is spent waiting for
/// the client does not count.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    left: Duration,
    cut_off: Option<Deadline>,
}

impl Patience {
    pub(super) fn new(time: Duration, cut_off: Option<Deadline>) -> Self {
        Self {
            left: time,
            cut_off,
        }
    }

    /// When it ends, if nothing but the upstream is waited for from now on.
    pub(super) fn deadline(self) -> Deadline {
        Deadline::after(self.left).or_earlier(self.cut_off)
    }

    /// Waits for the upstream.
    pub(super) async fn wait<F: Future>(&mut self, future: F) -> Result<F::Output, UpstreamError> {
        let started = Instant::now();
        let output = self.deadline().limit(future).await;
        self.left = self.left.saturating_sub(started.elapsed());
        output.ok_or(UpstreamError::TimedOut)
    }
}
