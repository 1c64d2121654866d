//! The sandbox's idea of "now", injected so that a test can let an hour pass without waiting.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the sandbox reads the time that decides whether a token has expired.
///
/// Delays that a [fault plan](crate::FaultPlan) asks for do not use it: they wait on tokio's timer.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present time.
    fn now(&self) -> SystemTime;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }
}

/// The machine's own clock: the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still until it is told to move.
///
/// Clones share one time, so a test keeps a clone and hands the other to the sandbox.
///
/// ```
/// use std::time::Duration;
/// use ccmessaging_sandbox::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now(), before + Duration::from_secs(3600));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<Mutex<SystemTime>>,
}

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
        Self {
            now: Arc::new(Mutex::new(start)),
        }
    }

    /// Moves the clock forward by `step`.
    pub fn advance(&self, step: Duration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        // A step beyond the end of time leaves the clock where it is rather than panicking.
        *now = now.checked_add(step).unwrap_or(*now);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
