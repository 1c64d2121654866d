//! A clock for tests, so that an hour passes without waiting.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

/// A clock that stands still until it is told to move: it decides when tokens expire.
///
/// Clones share one time, so a test keeps a clone and hands the other to
/// [`SandboxBuilder::clock`](crate::SandboxBuilder::clock). Delays that a
/// [fault plan](crate::FaultPlan) asks for do not use it: they wait on tokio's timer.
///
/// ```
/// use std::time::Duration;
/// use ccmessaging_sandbox::ManualClock;
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now(), before + Duration::from_secs(3600));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<SystemTime>>);

impl ManualClock {
    /// A clock that shows a fixed time in December 2018, the date of the documentation's example
    /// token (`CreateTime` 1545650171).
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at(UNIX_EPOCH + Duration::from_secs(1_545_650_171))
    }

    /// A clock that shows `start`.
    #[must_use]
    pub fn starting_at(start: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// The time that the clock shows.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        *self.0.lock()
    }

    /// Moves the clock forward by `step`; a step beyond the last time that the platform can
    /// represent leaves it where it is.
    pub fn advance(&self, step: Duration) {
        let mut now = self.0.lock();
        *now = now.checked_add(step).unwrap_or(*now);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}
