//! How slowly a body may arrive.

use std::time::{Duration, Instant};

use crate::Deadline;
use crate::config::RequestConfig;
use crate::refusal::Lateness;

/// The least average rate, once `IDLE_TIMEOUT_MS` has passed: 32 kbit/s, slower than the slowest
/// mobile network that is still in use (GPRS, 40 kbit/s). What comes more slowly is sent to hold a
/// slot, or will not be there in time anyway.
const LEAST_BYTES_PER_SECOND: u32 = 4096;

const SLOW: Lateness = Lateness::Slow {
    least_bytes_per_second: LEAST_BYTES_PER_SECOND,
};

/// A body's arrival so far.
///
/// Only the time counts that is spent waiting for the client: a body that is sent on while it
/// arrives is also kept waiting by the upstream, which is not the client's fault.
#[derive(Debug)]
pub(super) struct Pace {
    receive_timeout: Duration,
    idle_timeout: Duration,
    cut_off: Option<Deadline>,
    waited: Duration,
    received: usize,
}

impl Pace {
    pub(super) fn start(config: &RequestConfig, cut_off: Option<Deadline>) -> Self {
        Self {
            receive_timeout: config.receive_timeout,
            idle_timeout: config.idle_timeout,
            cut_off,
            waited: Duration::ZERO,
            received: 0,
        }
    }

    /// Notes bytes that have come.
    pub(super) fn arrived(&mut self, bytes: usize) {
        self.received += bytes;
    }

    /// Waits for the next part, as long as the limits allow.
    pub(super) async fn limit<F: Future>(&mut self, part: F) -> Result<F::Output, Lateness> {
        let started = Instant::now();
        let whole = self.receive_timeout.saturating_sub(self.waited);
        let limits = [
            (whole, Lateness::Whole),
            (self.idle_timeout, Lateness::Silent),
            (self.slow().unwrap_or(whole), SLOW),
        ];
        let (time, lateness) = limits.into_iter().min().unwrap_or(limits[0]);
        let deadline = Deadline::after(time);
        let lateness = match self.cut_off {
            Some(cut_off) if cut_off <= deadline => Lateness::Whole,
            _ => lateness,
        };
        let part = deadline.or_earlier(self.cut_off).limit(part).await;
        self.waited += started.elapsed();
        part.ok_or(lateness)
    }

    /// How long it takes until the average would fall below the least rate if nothing more came. A
    /// body of which nothing has come is silent, not slow.
    fn slow(&self) -> Option<Duration> {
        if self.received == 0 {
            return None;
        }
        let received = u32::try_from(self.received).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(received.into()) / LEAST_BYTES_PER_SECOND;
        Some(earned.max(self.idle_timeout).saturating_sub(self.waited))
    }
}
