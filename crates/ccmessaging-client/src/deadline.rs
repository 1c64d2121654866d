//! When an answer must be ready.

use std::time::Duration;

use tokio::time::Instant;

/// The moment by which work for a request must end, so that the caller still gets an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// What is kept back from a platform's own limit to write the answer and hand it over.
const RESERVE: Duration = Duration::from_millis(500);

/// A time that a clock can be moved by.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Of a limit shorter than this, a quarter is kept back instead.
const SHORT_LIMIT: Duration = Duration::from_secs(2);

impl Deadline {
    /// A deadline this long from now; in a century at most.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time.min(CENTURY))
    }

    /// The deadline of work that the platform cuts off this long from now: the reserve for the
    /// answer is taken off.
    #[must_use]
    pub fn before_cut_off(time: Duration) -> Self {
        let reserve = if time < SHORT_LIMIT {
            time / 4
        } else {
            RESERVE
        };
        Self::after(time.saturating_sub(reserve))
    }

    /// The earlier of the two.
    #[must_use]
    pub fn or_earlier(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| self.min(other))
    }

    /// The time that is left; zero once it has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Waits for a future until the deadline: `None` if it passes first.
    pub async fn limit<F: Future>(self, future: F) -> Option<F::Output> {
        tokio::time::timeout_at(self.0, future).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_too_long() {
        let deadline = Deadline::after(Duration::MAX);
        assert!(deadline.remaining() > CENTURY / 2);
    }

    #[test]
    fn time_for_the_answer_is_kept_back_from_a_platforms_limit() {
        for (limit, work) in [
            (Duration::ZERO, Duration::ZERO),
            (Duration::from_secs(1), Duration::from_millis(750)),
            (Duration::from_secs(2), Duration::from_millis(1500)),
            (Duration::from_secs(30), Duration::from_millis(29_500)),
        ] {
            let begun = Instant::now();
            let deadline = Deadline::before_cut_off(limit);
            let ended = Instant::now();
            assert!(
                (begun + work..=ended + work).contains(&deadline.0),
                "{limit:?}"
            );
        }
    }
}
