//! The time by which a call must end.

use std::time::Duration;

use tokio::time::Instant;

/// The time by which a call must end, so that the caller still gets a response.
///
/// ```
/// use std::time::Duration;
///
/// use ccmessaging_client::Deadline;
///
/// let deadline = Deadline::after(Duration::from_secs(25));
/// let platform_deadline = Deadline::with_reserve(Duration::from_secs(10));
/// assert_eq!(deadline.min_with(Some(platform_deadline)), platform_deadline);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// The time reserved before a platform's deadline to write the response.
const RESERVE: Duration = Duration::from_millis(500);

/// The longest time until a deadline or the end of a token; a longer one may overflow the clock.
pub(crate) const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Of a time shorter than this, a quarter is reserved instead.
const SHORT_LIMIT: Duration = Duration::from_secs(2);

impl Deadline {
    /// Returns the deadline this long from now, limited to a century.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time.min(CENTURY))
    }

    /// Returns a deadline shortly before this long from now, when the platform aborts the request:
    /// the difference is reserved for writing the response.
    #[must_use]
    pub fn with_reserve(time: Duration) -> Self {
        let reserve = if time < SHORT_LIMIT {
            time / 4
        } else {
            RESERVE
        };
        Self::after(time.saturating_sub(reserve))
    }

    /// Returns the earlier of the two.
    #[must_use]
    pub fn min_with(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| self.min(other))
    }

    /// Returns the time until the deadline; zero once it has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Awaits a future until the deadline; `None` if that passes first.
    pub async fn timeout<F: Future>(self, future: F) -> Option<F::Output> {
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
    fn time_for_the_response_is_reserved_before_a_platforms_deadline() {
        for (limit, work) in [
            (Duration::ZERO, Duration::ZERO),
            (Duration::from_secs(1), Duration::from_millis(750)),
            (Duration::from_secs(2), Duration::from_millis(1500)),
            (Duration::from_secs(30), Duration::from_millis(29_500)),
        ] {
            let begun = Instant::now();
            let deadline = Deadline::with_reserve(limit);
            let ended = Instant::now();
            assert!(
                (begun + work..=ended + work).contains(&deadline.0),
                "{limit:?}"
            );
        }
    }
}
