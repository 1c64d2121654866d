//! Leaves a scanner alone that has failed several times in a row.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sync::lock;

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
    /// When the scanner last gave any answer.
    answered_at: Option<Instant>,
    /// When the next upload may try, after too many.
    retry_at: Option<Instant>,
}

impl Breaker {
    /// Whether the scanner may be tried now. After a pause, only the first who asks may.
    pub(super) fn admits(&self, now: Instant) -> bool {
        let mut state = lock(&self.0);
        match state.retry_at {
            Some(retry_at) if now < retry_at => false,
            Some(_) => {
                state.retry_at = Some(now + PAUSE);
                true
            }
            None => true,
        }
    }

    /// The scanner is there: it answered something, or took a file and hung up.
    pub(super) fn answered(&self, now: Instant) {
        *lock(&self.0) = State {
            answered_at: Some(now),
            ..State::default()
        };
    }

    /// A scan that began then has failed. If another one was answered meanwhile, the scanner is busy and
    /// not broken.
    pub(super) fn failed(&self, began: Instant, now: Instant) {
        let mut state = lock(&self.0);
        if state.answered_at.is_some_and(|at| at >= began) {
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= MOST_FAILURES {
            state.retry_at = Some(now + PAUSE);
        }
    }

    /// A scan ended without telling anything of the scanner. If it was the one that may try after a pause,
    /// the next one may.
    pub(super) fn abandoned(&self, now: Instant) {
        let mut state = lock(&self.0);
        if state.retry_at.is_some() {
            state.retry_at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The state after more failures than are taken, of scans that began then.
    fn failed(breaker: &Breaker, began: Instant, now: Instant) -> bool {
        for _ in 0..2 * MOST_FAILURES {
            breaker.failed(began, now);
        }
        !breaker.admits(now)
    }

    #[test]
    fn a_scanner_that_answered_others_meanwhile_is_busy_and_not_broken() {
        let breaker = Breaker::default();
        let began = Instant::now();
        breaker.answered(began + 8 * SECOND);
        assert!(!failed(&breaker, began, began + 10 * SECOND));
        assert!(failed(&breaker, began + 9 * SECOND, began + 19 * SECOND));
    }

    #[test]
    fn a_try_that_tells_nothing_leaves_it_to_the_next() {
        let breaker = Breaker::default();
        let now = Instant::now();
        assert!(failed(&breaker, now, now));
        assert!(breaker.admits(now + PAUSE) && !breaker.admits(now + PAUSE));
        breaker.abandoned(now + PAUSE);
        assert!(breaker.admits(now + PAUSE));
    }
}
