//! Leaves a scanner alone that has failed several times in a row.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// After so many failures without a success between them, the scanner is left alone.
const MOST_FAILURES: u32 = 5;

/// For how long; then one upload tries it, and only if that fails or takes as long, another one.
const PAUSE: Duration = Duration::from_secs(10);

/// A circuit breaker.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// In a row.
    failures: u32,
    /// When the next upload may try, after too many.
    retry_at: Option<Instant>,
}

impl Breaker {
    /// Whether the scanner may be tried now. After a pause, only the first who asks may.
    pub(super) fn admits(&self, now: Instant) -> bool {
        let mut state = self.lock();
        match state.retry_at {
            Some(retry_at) if now < retry_at => false,
            Some(_) => {
                state.retry_at = Some(now + PAUSE);
                true
            }
            None => true,
        }
    }

    pub(super) fn succeeded(&self) {
        *self.lock() = State::default();
    }

    pub(super) fn failed(&self, now: Instant) {
        let mut state = self.lock();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= MOST_FAILURES {
            state.retry_at = Some(now + PAUSE);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
