//! When a call is repeated.
//!
//! Repeated: no connection, a connection that broke before the answer, and the statuses 429, 502,
//! 503 and 504, unless their body says that the file is stored. Pauses grow exponentially, with
//! jitter, up to a cap; `Retry-After` (RFC 9110 section 10.2.3) makes a pause longer. A pause that
//! would outlast the deadline is not begun: the last answer or error stands.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::transport::RawResponse;
use crate::{CallError, Deadline, UploadResponse};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Three attempts in all: an upstream that fails three times in a row has more than a hiccup.
const MAX_REPEATS: usize = 2;

/// An attempt is not worth beginning with less time than this.
const LEAST_ATTEMPT: Duration = Duration::from_millis(50);

/// Counts the attempts of one upload, and keeps the newest session token that any answer carried.
#[derive(Debug)]
pub struct Attempts {
    count: u32,
    session_token: Option<HeaderValue>,
    progress: Option<Arc<AtomicU64>>,
    pauses: ExponentialBackoff,
}

impl Attempts {
    /// Counts in `bytes` how much of the request's body was handed to the socket, from zero in each
    /// attempt.
    #[must_use]
    pub fn with_progress(self, bytes: Arc<AtomicU64>) -> Self {
        Self {
            progress: Some(bytes),
            ..self
        }
    }

    pub(crate) fn progress(&self) -> Option<Arc<AtomicU64>> {
        self.progress.clone()
    }

    /// How many were made.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The newest session token that any answer carried: the caller must use it from then on,
    /// whatever became of the upload.
    #[must_use]
    pub fn session_token(&self) -> Option<&HeaderValue> {
        self.session_token.as_ref()
    }

    /// Makes one attempt.
    async fn once<F>(&mut self, attempt: F) -> Result<RawResponse, CallError>
    where
        F: Future<Output = Result<RawResponse, CallError>>,
    {
        self.count += 1;
        let result = attempt.await;
        if let Some(token) = result
            .as_ref()
            .ok()
            .and_then(|raw| raw.session_token.as_ref())
        {
            self.session_token = Some(token.clone());
        }
        result
    }

    /// Repeats `attempt` as long as that may help and the deadline allows. Each attempt gets the
    /// newest session token, if there is one since the caller's.
    pub(crate) async fn until_answered<A, F>(
        &mut self,
        mut attempt: A,
        deadline: Deadline,
    ) -> Result<RawResponse, CallError>
    where
        A: FnMut(Option<HeaderValue>) -> F,
        F: Future<Output = Result<RawResponse, CallError>>,
    {
        loop {
            let newest_token = self.session_token.clone();
            let result = self.once(attempt(newest_token)).await;
            let asked_pause = match &result {
                Ok(answer) if is_overload(answer) => {
                    retry_after(&answer.headers).unwrap_or_default()
                }
                Err(error) if error.is_transient() => Duration::ZERO,
                _ => return result,
            };
            let Some(pause) = self.pauses.next() else {
                return result;
            };
            let pause = pause.max(asked_pause);
            if deadline.remaining().saturating_sub(LEAST_ATTEMPT) < pause {
                return result;
            }
            tokio::time::sleep(pause).await;
        }
    }
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            count: 0,
            session_token: None,
            progress: None,
            pauses: ExponentialBuilder::default()
                .with_min_delay(FIRST_PAUSE)
                .with_max_delay(LONGEST_PAUSE)
                .with_max_times(MAX_REPEATS)
                .with_jitter()
                .build(),
        }
    }
}

fn is_overload(answer: &RawResponse) -> bool {
    let is_overload_status = matches!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    );
    let says_stored = || {
        let body = answer.body.as_deref().unwrap_or_default();
        matches!(
            UploadResponse::parse(body),
            Some(UploadResponse::Stored { .. })
        )
    };
    is_overload_status && !says_stored()
}

/// How long an answer asks to wait, in seconds or until a date. More seconds than can be counted
/// are as many as can be.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    date.duration_since(SystemTime::now()).ok()
}
