//! How slowly a body may arrive.

use std::time::{Duration, Instant};

use crate::Deadline;
use crate::config::RequestConfig;

/// The least average rate, once `IDLE_TIMEOUT_MS` has passed: 32 kbit/s, slower than the slowest
/// mobile network that is still in use (GPRS, 40 kbit/s). What comes more slowly is sent to hold a
/// slot, or will not be there in time anyway.
const LEAST_BYTES_PER_SECOND: u32 = 4096;

/// By which limit a body came too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Lateness {
    /// The whole body was not there within `RECEIVE_TIMEOUT_MS`, or the platform's deadline came.
    #[error("the body did not arrive in time; send it again")]
    Whole,
    /// Nothing of it came for `IDLE_TIMEOUT_MS`.
    #[error("the rest of the body did not arrive in time; send it again, without a pause")]
    Silent,
    /// It came at less than the least average rate.
    #[error(
        "the body arrives at less than {LEAST_BYTES_PER_SECOND} bytes a second; send it again over a faster connection"
    )]
    Slow,
}

/// A body's arrival so far.
#[derive(Debug)]
pub(super) struct Pace {
    started: Instant,
    whole: Deadline,
    silent: Deadline,
    idle_timeout: Duration,
    received: usize,
}

impl Pace {
    pub(super) fn start(config: &RequestConfig, cut_off: Option<Deadline>) -> Self {
        Self {
            started: Instant::now(),
            whole: Deadline::after(config.receive_timeout).or_earlier(cut_off),
            silent: Deadline::after(config.idle_timeout),
            idle_timeout: config.idle_timeout,
            received: 0,
        }
    }

    /// Notes bytes that have come.
    pub(super) fn arrived(&mut self, bytes: usize) {
        self.received += bytes;
        self.silent = Deadline::after(self.idle_timeout);
    }

    /// Waits for the next part, as long as the limits allow.
    pub(super) async fn limit<F: Future>(&self, part: F) -> Result<F::Output, Lateness> {
        let limits = [
            (self.whole, Lateness::Whole),
            (self.silent, Lateness::Silent),
            (self.slow(), Lateness::Slow),
        ];
        let (deadline, lateness) = limits.into_iter().min().unwrap_or(limits[0]);
        deadline.limit(part).await.ok_or(lateness)
    }

    /// When the average would fall below the least rate if nothing more came. A body of which
    /// nothing has come is silent, not slow.
    fn slow(&self) -> Deadline {
        if self.received == 0 {
            return self.whole;
        }
        let received = u32::try_from(self.received).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(received.into()) / LEAST_BYTES_PER_SECOND;
        let allowed = earned.max(self.idle_timeout);
        Deadline::after(allowed.saturating_sub(self.started.elapsed()))
    }
}
