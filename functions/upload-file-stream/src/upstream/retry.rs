//! When a call is repeated.
//!
//! Repeated: no connection, a connection that broke before the answer, and the statuses 429, 502,
//! 503 and 504, whatever came of their bodies. The pauses grow exponentially, with jitter, up to a
//! cap; `Retry-After` (RFC 9110 section 10.2.3) makes a pause longer. A pause that would outlast the
//! deadline is not begun: the last answer or error stands.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use super::{CCMESSAGING_TOKEN, RawAnswer, UpstreamError};
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
    rotated_token: Option<HeaderValue>,
    pauses: ExponentialBackoff,
}

impl Retries {
    /// The attempts that were made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The newest session token that any answer carried.
    #[must_use]
    pub fn into_rotated_token(self) -> Option<HeaderValue> {
        self.rotated_token
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 0,
            rotated_token: None,
            pauses: ExponentialBuilder::default()
                .with_min_delay(FIRST_PAUSE)
                .with_max_delay(LONGEST_PAUSE)
                .with_max_times(MOST_REPEATS)
                .with_jitter()
                .build(),
        }
    }
}

/// Repeats `attempt` as long as that may help and the deadline allows. Each attempt is told the
/// newest session token, if there is one since the caller's.
pub(super) async fn until_answered<A, F>(
    mut attempt: A,
    deadline: Deadline,
    retries: &mut Retries,
) -> Result<RawAnswer, UpstreamError>
where
    A: FnMut(Option<HeaderValue>) -> F,
    F: Future<Output = Result<RawAnswer, UpstreamError>>,
{
    loop {
        let result = once(attempt(retries.rotated_token.clone()), retries).await;
        let asked_pause = match &result {
            Ok(answer) if is_overloaded(answer.status) => retry_after(answer),
            Err(error) if error.is_transient() => Duration::ZERO,
            _ => return result,
        };
        let Some(pause) = retries.pauses.next() else {
            return result;
        };
        let pause = pause.max(asked_pause);
        if deadline.remaining().saturating_sub(LEAST_ATTEMPT) < pause {
            return result;
        }
        tokio::time::sleep(pause).await;
    }
}

/// Makes one attempt, and keeps the session token that its answer may carry.
pub(super) async fn once<F>(attempt: F, retries: &mut Retries) -> Result<RawAnswer, UpstreamError>
where
    F: Future<Output = Result<RawAnswer, UpstreamError>>,
{
    retries.attempts += 1;
    let result = attempt.await;
    if let Some(token) = result.as_ref().ok().and_then(rotated_token) {
        retries.rotated_token = Some(token);
    }
    result
}

fn rotated_token(answer: &RawAnswer) -> Option<HeaderValue> {
    let mut token = answer.headers.get(CCMESSAGING_TOKEN)?.clone();
    token.set_sensitive(true);
    Some(token)
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

/// How long an answer asks to wait, in seconds or until a date.
fn retry_after(answer: &RawAnswer) -> Duration {
    let value = answer.headers.get(RETRY_AFTER);
    let text = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .trim();
    if let Ok(seconds) = text.parse() {
        return Duration::from_secs(seconds);
    }
    httpdate::parse_http_date(text)
        .ok()
        .and_then(|date| date.duration_since(SystemTime::now()).ok())
        .unwrap_or_default()
}
