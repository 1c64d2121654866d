//! How the token service did lately: after a failure it is left alone for a while.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use crate::upstream::TokenError;

/// The while after the first failure; each further one in a row doubles it. Chance adds up to as
/// much again, so that many instances do not ask in step.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The last failure, if there was no success since, and the pauses that follow.
#[derive(Debug)]
pub(super) struct ServiceState {
    pauses: ExponentialBackoff,
    failure: Option<(TokenError, Instant)>,
}

impl Default for ServiceState {
    /// Nothing is known of the service, or it just gave a token.
    fn default() -> Self {
        Self {
            pauses: ExponentialBuilder::default()
                .with_min_delay(FIRST_PAUSE)
                .with_max_delay(LONGEST_PAUSE)
                .without_max_times()
                .with_jitter()
                .build(),
            failure: None,
        }
    }
}

impl ServiceState {
    /// The last failure, while the service is to be left alone because of it.
    pub(super) fn recent_failure(&self, now: Instant) -> Option<&TokenError> {
        let (error, until) = self.failure.as_ref()?;
        (now < *until).then_some(error)
    }

    /// Begins the next pause.
    pub(super) fn note_failure(&mut self, error: TokenError, now: Instant) {
        let pause = self.pauses.next().unwrap_or(LONGEST_PAUSE);
        self.failure = Some((error, now + pause));
    }
}
