//! Suspends scanning after several failures of the scanner in a row.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Scanning is suspended after this many failures in a row.
const MAX_FAILURES: u32 = 5;

/// How long scanning is suspended. The first failure after it suspends scanning again.
const PAUSE: Duration = Duration::from_secs(10);

/// Whether scans are attempted, shared by all uploads.
#[derive(Debug, Default)]
pub(super) struct Suspension(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// In a row.
    failures: u32,
    last_response: Option<Instant>,
    suspended_until: Option<Instant>,
}

impl Suspension {
    pub(super) fn is_active(&self, now: Instant) -> bool {
        self.state().suspended_until.is_some_and(|end| now < end)
    }

    /// Records any response of the scanner, including an error that concerns one file.
    pub(super) fn record_response(&self, now: Instant) {
        *self.state() = State {
            last_response: Some(now),
            ..State::default()
        };
    }

    /// Records that a scan which began at `began` got no response. A scanner that has answered another
    /// scan since then is busy, not broken: callers who keep it busy must not suspend it.
    pub(super) fn record_failure(&self, began: Instant, now: Instant) {
        let mut state = self.state();
        if state
            .last_response
            .is_some_and(|response| response >= began)
        {
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= MAX_FAILURES {
            state.suspended_until = Some(now + PAUSE);
        }
    }

    /// Every change to the state is complete in itself, so a panic elsewhere cannot corrupt it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_scanner_that_answered_others_meanwhile_is_busy_and_not_broken() {
        let suspension = Suspension::default();
        let began = Instant::now();
        // Whether more failures than allowed, of scans that began then, suspend scanning.
        let suspends = |began: Instant| {
            let now = began + 10 * SECOND;
            for _ in 0..2 * MAX_FAILURES {
                suspension.record_failure(began, now);
            }
            suspension.is_active(now)
        };
        suspension.record_response(began + 8 * SECOND);
        assert!(!suspends(began));
        assert!(suspends(began + 9 * SECOND));
    }
}
