//! When a call is repeated.
//!
//! Repeated: no connection, a connection that broke before the answer, and the statuses 429, 502,
//! 503 and 504. The pauses grow exponentially, with jitter, up to a cap; `Retry-After` in seconds
//! (RFC 9110 section 10.2.3) makes a pause longer. A pause that would outlast the deadline is not
//! begun: the last answer or error stands.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use http::StatusCode;
use http::header::RETRY_AFTER;

use super::{RawAnswer, UpstreamError};
use crate::Deadline;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Three attempts in all: an upstream that fails three times in a row has more than a hiccup.
const MOST_REPEATS: usize = 2;

/// An attempt is not worth beginning with less time than this.
const LEAST_ATTEMPT: Duration = Duration::from_millis(50);

/// How often a call has been and may still be tried.
#[derive(Debug)]
pub struct Retries {
    attempts: u32,
    pauses: ExponentialBackoff,
}

impl Retries {
    /// The attempts that were made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 0,
            pauses: ExponentialBuilder::default()
                .with_min_delay(FIRST_PAUSE)
                .with_max_delay(LONGEST_PAUSE)
                .with_max_times(MOST_REPEATS)
                .with_jitter()
                .build(),
        }
    }
}

/// Repeats `attempt` as long as that may help and the deadline allows.
pub(super) async fn until_answered<A, F>(
    mut attempt: A,
    deadline: Deadline,
    retries: &mut Retries,
) -> Result<RawAnswer, UpstreamError>
where
    A: FnMut() -> F,
    F: Future<Output = Result<RawAnswer, UpstreamError>>,
{
    loop {
        retries.attempts += 1;
        let result = attempt().await;
        let asked_pause = match &result {
            Ok(answer) if is_overloaded(answer.status) => retry_after(answer),
            Err(error) if error.is_transient() => Duration::ZERO,
            _ => return result,
        };
        let Some(pause) = retries.pauses.next() else {
            return result;
        };
        let pause = pause.max(asked_pause);
        if deadline.remaining() < pause + LEAST_ATTEMPT {
            return result;
        }
        tokio::time::sleep(pause).await;
    }
}

fn is_overloaded(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// The seconds that an answer asks to wait; its date form counts as not sent.
fn retry_after(answer: &RawAnswer) -> Duration {
    answer
        .headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|seconds| seconds.trim().parse().ok())
        .map_or(Duration::ZERO, Duration::from_secs)
}
