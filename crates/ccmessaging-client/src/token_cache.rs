//! One access token for all tasks of a process.
//!
//! All callers share one call to the token service. The call runs in a spawned task, not in the
//! future of the caller that started it: a caller's future is dropped at its deadline or when its
//! client disconnects, and that would restart the call for all others.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use http::HeaderValue;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::time::CENTURY;
use crate::{AccessToken, Deadline, Secret, TokenError};

/// How long a caller waits for a renewal while the old token is still valid: long enough for a healthy
/// token service, short enough that a slow one does not delay uploads noticeably.
const RENEWAL_WAIT: Duration = Duration::from_secs(2);

/// The longest that [`TokenCache::prefetch`] may take. Callers wait for it, and a platform may
/// freeze the process in the middle of it.
const MAX_PREFETCH: Duration = Duration::from_secs(5);

/// A token is renewed this long before its end, or earlier by as much again: the difference is
/// random, so that many instances do not renew at the same time.
const MAX_MARGIN: Duration = Duration::from_secs(60);

/// The margin is at most the lifetime divided by this, so that short-lived tokens are still reused.
const MARGIN_DIVISOR: u32 = 5;

/// A rejected token is replaced at most this often. A wrong session token is rejected with the same
/// status as a wrong access token, so a caller must not be able to cause a renewal per request.
const REPLACE_INTERVAL: Duration = Duration::from_secs(10);

/// The delay before the service is called again after the first failure. It doubles with each further
/// one; jitter adds up to as much again.
const MIN_DELAY: Duration = Duration::from_secs(1);
/// The largest delay before jitter, so that uploads recover soon after the service does.
const MAX_DELAY: Duration = Duration::from_secs(60);

/// The longest `Retry-After` of the token service that is honoured: a mistaken one must not stop all
/// uploads for a day.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Obtains, caches and renews an access token. Clones share it.
///
/// Tokens are renewed before they end. While a renewal fails, the old token is used until its end;
/// after a failure the service is not called for a delay that doubles each time.
///
/// ```
/// use std::time::Duration;
///
/// use ccmessaging_client::{AccessToken, Deadline, Secret, TokenCache};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ccmessaging_client::TokenError> {
/// // Where the token comes from: Client::token_by_ak_sk, for example.
/// let fetch = |_deadline| async {
///     Ok(AccessToken::new(Secret::new("token"), Duration::from_secs(3600)))
/// };
/// let tokens = TokenCache::new(fetch, Duration::from_secs(5));
/// let deadline = Deadline::after(Duration::from_secs(5));
/// assert_eq!(tokens.get(deadline).await?.secret.expose(), "token");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenCache(Arc<Inner>);

/// An access token that is valid now.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Token {
    /// The token, without a scheme.
    pub secret: Secret,
    /// The number of this token among the cache's, for [`TokenCache::reject`].
    pub generation: u64,
}

/// How often access tokens were requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenFetches {
    /// Requests that returned a token.
    pub obtained: u64,
    /// Requests that failed.
    pub failed: u64,
}

type Fetch = dyn Fn(Deadline) -> BoxFuture<'static, Result<AccessToken, TokenError>> + Send + Sync;

/// A call that all callers wait for. `None` if it says nothing about the service, so that they call
/// again: the task's runtime ended, or it was a prefetch that failed.
type Renewal = Shared<BoxFuture<'static, Option<Result<Token, TokenError>>>>;

struct Inner {
    fetch: Box<Fetch>,
    timeout: Duration,
    state: Mutex<State>,
}

struct State {
    token: Option<CachedToken>,
    generation: u64,
    replaced_at: Option<Instant>,
    renewal: Option<Renewal>,
    /// The last failure, if no success followed, and until when the service is not called.
    failure: Option<(TokenError, Instant)>,
    delays: ExponentialBackoff,
    fetches: TokenFetches,
}

struct CachedToken {
    token: Token,
    renew_at: Instant,
    ends_at: Instant,
    /// The upstream rejected it, because of this token or of the session token.
    is_rejected: bool,
}

/// What [`TokenCache::get`] finds.
enum Lookup {
    Done(Result<Token, TokenError>),
    /// A renewal in progress, and the old token while it is valid.
    Renewal(Renewal, Option<Token>),
}

impl TokenCache {
    /// Creates a cache that obtains tokens by `fetch`, each within `timeout`. Makes no call yet.
    pub fn new<F>(fetch: impl Fn(Deadline) -> F + Send + Sync + 'static, timeout: Duration) -> Self
    where
        F: Future<Output = Result<AccessToken, TokenError>> + Send + 'static,
    {
        Self(Arc::new(Inner {
            fetch: Box::new(move |deadline| fetch(deadline).boxed()),
            timeout,
            state: Mutex::new(State {
                token: None,
                generation: 0,
                replaced_at: None,
                renewal: None,
                failure: None,
                delays: new_delays(),
                fetches: TokenFetches::default(),
            }),
        }))
    }

    /// Obtains the first token in the background, so that the first upload need not wait for it. A
    /// failure is logged and forgotten, so that the first upload tries again, unless the service
    /// sent `Retry-After`.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn prefetch(&self) {
        let mut state = self.0.state();
        if state.token.is_none() && state.renewal.is_none() {
            let timeout = MAX_PREFETCH.min(self.0.timeout);
            // The task runs whether its handle is awaited or not.
            let _renewal = self.0.begin_renewal(&mut state, timeout, true);
        }
    }

    /// Returns how often the service was called.
    #[must_use]
    pub fn fetches(&self) -> TokenFetches {
        self.0.state().fetches
    }

    /// Returns a token that is valid now.
    ///
    /// # Errors
    ///
    /// The service returned none; or it failed a moment ago and is not called yet; or the deadline
    /// passed.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub async fn get(&self, deadline: Deadline) -> Result<Token, TokenError> {
        loop {
            let (renewal, valid) = match self.look_up() {
                Lookup::Done(result) => return result,
                Lookup::Renewal(renewal, valid) => (renewal, valid),
            };
            let wait = RENEWAL_WAIT.min(deadline.remaining() / 2);
            let wait = valid.as_ref().map(|_| Deadline::after(wait));
            let renewed = deadline.min_with(wait).timeout(renewal).await;
            match (renewed, valid) {
                (Some(Some(Ok(token))), _) => return Ok(token),
                (Some(None), _) => {}
                // A renewal that failed or is slow matters only once the old token has ended.
                (_, Some(valid)) => return Ok(valid),
                (Some(Some(Err(error))), None) => return Err(error),
                (None, None) => return Err(TokenError::timed_out()),
            }
        }
    }

    /// Returns the token unless it must be renewed; else the renewal, starting it if there is none.
    fn look_up(&self) -> Lookup {
        let now = Instant::now();
        let mut state = self.0.state();
        // A renewal whose runtime ended never completes its token: drop it, so that a new one is started
        // instead of waiting for it on every call until the old token expires.
        state
            .renewal
            .take_if(|renewal| matches!(renewal.clone().now_or_never(), Some(None)));
        let cached = state.token.as_ref().filter(|cached| now < cached.ends_at);
        let valid = cached.map(|cached| cached.token.clone());
        let is_rejected = cached.is_some_and(|cached| cached.is_rejected);
        let is_due = is_rejected || cached.is_none_or(|cached| cached.renew_at <= now);
        let failure = state.failure.as_ref().filter(|(_, until)| now < *until);
        match (valid, &state.renewal, failure) {
            // A valid token is returned at once, except if it was rejected: then every caller waits for
            // the renewal. If it is only due, only the caller that starts the
            // renewal waits. During the delay after a failure even a rejected token is returned: the
            // rejection may be due to the session token.
            (Some(token), _, _) if !is_due => Lookup::Done(Ok(token)),
            (Some(token), Some(_), _) if !is_rejected => Lookup::Done(Ok(token)),
            (Some(token), None, Some(_)) => Lookup::Done(Ok(token)),
            (None, None, Some((error, _))) => Lookup::Done(Err(error.clone())),
            (valid, Some(renewal), _) => Lookup::Renewal(renewal.clone(), valid),
            (valid, None, None) => {
                let renewal = self.0.begin_renewal(&mut state, self.0.timeout, false);
                Lookup::Renewal(renewal, valid)
            }
        }
    }

    /// Returns the value of `Authorization` with a token that is valid now, and the token's
    /// generation.
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub async fn authorization(
        &self,
        deadline: Deadline,
    ) -> Result<(HeaderValue, u64), TokenError> {
        let token = self.get(deadline).await?;
        let bearer = Zeroizing::new(format!("Bearer {}", token.secret.expose()));
        let value = Secret::new(bearer.as_str()).to_header();
        let value = value.ok_or_else(TokenError::undocumented)?;
        Ok((value, token.generation))
    }

    /// Records that the upstream rejected a token; returns whether [`get`](Self::get) may have a newer
    /// one. It has none while the service is not called because it failed a moment ago. The token is kept
    /// until there is a newer one, because a wrong session token is rejected with the same status.
    #[must_use]
    pub fn reject(&self, generation: u64) -> bool {
        let now = Instant::now();
        let mut state = self.0.state();
        let state = &mut *state;
        let recently = state
            .replaced_at
            .is_some_and(|at| now.saturating_duration_since(at) < REPLACE_INTERVAL);
        let has_failed = state
            .failure
            .as_ref()
            .is_some_and(|(_, until)| now < *until);
        match &mut state.token {
            Some(cached) if cached.token.generation == generation => {
                if !cached.is_rejected && !recently {
                    cached.is_rejected = true;
                    state.replaced_at = Some(now);
                }
                cached.is_rejected && !has_failed
            }
            // The caller used an older token.
            _ => true,
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change under this lock is complete in itself, so that a panic leaves it consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_renewal(
        self: &Arc<Self>,
        state: &mut State,
        timeout: Duration,
        is_prefetch: bool,
    ) -> Renewal {
        let task = tokio::spawn(Arc::clone(self).renew(timeout, is_prefetch));
        let renewal = task.map(|ended| ended.ok().flatten()).boxed().shared();
        state.renewal.insert(renewal).clone()
    }

    async fn renew(
        self: Arc<Self>,
        timeout: Duration,
        is_prefetch: bool,
    ) -> Option<Result<Token, TokenError>> {
        let deadline = Deadline::after(timeout);
        let fetch = async { (self.fetch)(deadline).await };
        // A panic is a failure like any other, so that it delays the next call: callers would otherwise repeat
        // it at once.
        let fetch = AssertUnwindSafe(fetch).catch_unwind();
        let fetched = match deadline.timeout(fetch).await {
            Some(Ok(fetched)) => fetched,
            Some(Err(_)) => Err(TokenError::Panicked),
            None => Err(TokenError::timed_out()),
        };
        let now = Instant::now();
        let mut state = self.state();
        state.renewal = None;
        match fetched {
            Ok(token) => {
                state.fetches.obtained += 1;
                state.failure = None;
                state.delays = new_delays();
                Some(Ok(state.keep(token, now)))
            }
            Err(error) => {
                state.fetches.failed += 1;
                tracing::warn!(error = %error.causes(), "cannot obtain an access token");
                if is_prefetch && error.retry_after().is_none() {
                    return None;
                }
                state.note_failure(error.clone(), now);
                Some(Err(error))
            }
        }
    }
}

impl State {
    fn keep(&mut self, AccessToken { token, lifetime }: AccessToken, now: Instant) -> Token {
        self.generation += 1;
        // A longer lifetime, such as that of a token that never expires, may overflow the clock.
        let lifetime = lifetime.min(CENTURY);
        let margin = MAX_MARGIN.min(lifetime / MARGIN_DIVISOR);
        let early = margin.mul_f64(1.0 + fastrand::f64());
        let token = Token {
            secret: token,
            generation: self.generation,
        };
        self.token = Some(CachedToken {
            token: token.clone(),
            renew_at: now + lifetime.saturating_sub(early),
            ends_at: now + lifetime,
            is_rejected: false,
        });
        token
    }

    fn note_failure(&mut self, error: TokenError, now: Instant) {
        let asked = error.retry_after().unwrap_or_default();
        let delay = self.delays.next().unwrap_or(MAX_DELAY);
        let delay = delay.max(asked.min(MAX_RETRY_AFTER));
        self.failure = Some((error, now + delay));
    }
}

fn new_delays() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .without_max_times()
        .with_jitter()
        .build()
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").finish_non_exhaustive()
    }
}
