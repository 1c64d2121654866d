//! Monotonic time as a parameter, so that tests can advance it.

use std::fmt;
use std::time::Instant;

/// A monotonic clock. Tests use one that they advance themselves.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current time.
    fn now(&self) -> Instant;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}
