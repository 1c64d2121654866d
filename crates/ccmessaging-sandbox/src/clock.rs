//! A clock that tests control.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

/// A clock that only moves when [`advance`](Self::advance) is called. It decides when tokens expire.
///
/// Clones share one time: a test passes one to [`SandboxBuilder::clock`](crate::SandboxBuilder::clock)
/// and advances another. The delays of a [fault plan](crate::FaultPlan) use tokio's timer instead.
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
    /// Returns a clock that starts in December 2018, at the `CreateTime` of the documentation's example
    /// token (1545650171).
    #[must_use]
    pub fn new() -> Self {
        let start = UNIX_EPOCH + Duration::from_secs(1_545_650_171);
        Self(Arc::new(Mutex::new(start)))
    }

    /// Returns the current time of the clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        *self.0.lock()
    }

    /// Moves the clock forward by `step`.
    ///
    /// # Panics
    ///
    /// If the platform cannot represent the result.
    pub fn advance(&self, step: Duration) {
        *self.0.lock() += step;
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}
