//! Retries calls after transient failures.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use http::{HeaderValue, StatusCode};

use crate::config::RetryPolicy;
use crate::headers::retry_after;
use crate::transport::RawResponse;
use crate::{CallError, CallErrorKind, Deadline, UploadResponse};

/// An attempt with less time than this is not started: it could not finish, but its failure would
/// replace the more useful last response.
const MIN_ATTEMPT: Duration = Duration::from_millis(50);

/// When a call may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// After every transient failure: a second call does no harm.
    Always,
    /// Only if no connection could be opened, so that the peer received nothing.
    IfNotSent,
}

impl RetryPolicy {
    fn delays(&self) -> ExponentialBackoff {
        let repeats = self.max_attempts.saturating_sub(1);
        ExponentialBuilder::default()
            .with_min_delay(self.min_delay)
            .with_max_delay(self.max_delay)
            .with_max_times(usize::try_from(repeats).unwrap_or(usize::MAX))
            .with_jitter()
            .build()
    }

    /// Repeats `attempt` while the policy and the deadline allow. Each attempt is passed the newest
    /// session token of the responses so far, which the result carries too.
    pub(crate) async fn run<A, F>(
        &self,
        deadline: Deadline,
        repeat: Repeat,
        mut attempt: A,
    ) -> Result<RawResponse, CallError>
    where
        A: FnMut(Option<HeaderValue>) -> F,
        F: Future<Output = Result<RawResponse, CallError>>,
    {
        let mut delays = self.delays();
        // A failed attempt may still rotate the session token, which can invalidate the old one.
        let mut newest_token: Option<HeaderValue> = None;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut result = attempt(newest_token.clone()).await;
            let (count, token) = match &mut result {
                Ok(response) => (&mut response.attempts, &mut response.session_token),
                Err(error) => (&mut error.attempts, &mut error.session_token),
            };
            *count = attempts;
            if token.is_none() {
                token.clone_from(&newest_token);
            }
            newest_token.clone_from(token);
            // Only failures before the response began are retried: after a timeout no time is left, and a
            // truncated response shows that the peer has processed the call.
            let asked = match &result {
                Ok(response) if repeat == Repeat::Always && is_overload(response) => {
                    retry_after(&response.headers).unwrap_or_default()
                }
                Err(error) if is_retryable(error, repeat) => Duration::ZERO,
                _ => return result,
            };
            let Some(delay) = delays.next() else {
                return result;
            };
            let delay = delay.max(asked);
            // Return now rather than sleep up to the deadline: the caller learns the reason earlier.
            if deadline.remaining().saturating_sub(MIN_ATTEMPT) < delay {
                return result;
            }
            match &result {
                Ok(response) => {
                    tracing::debug!(attempts, ?delay, status = %response.status, "repeating a call");
                }
                Err(error) => {
                    tracing::debug!(attempts, ?delay, error = %error.causes(), "repeating a call");
                }
            }
            tokio::time::sleep(delay).await;
        }
    }
}

/// Returns whether the response never began, so that the call is worth another attempt at once.
fn is_retryable(error: &CallError, repeat: Repeat) -> bool {
    match error.kind() {
        CallErrorKind::Connect(_) => true,
        CallErrorKind::ConnectionClosed(_) => repeat == Repeat::Always,
        _ => false,
    }
}

fn is_overload(response: &RawResponse) -> bool {
    let is_overload_status = matches!(
        response.status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    );
    let says_stored = || {
        let body = response.body.as_deref().unwrap_or_default();
        matches!(
            UploadResponse::parse(body),
            Some(UploadResponse::Stored { .. })
        )
    };
    is_overload_status && !says_stored()
}
