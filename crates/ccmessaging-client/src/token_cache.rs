//! One access token for all tasks of a process.
//!
//! However many uploads begin at once, one call asks the token service and all wait for it. A token
//! is renewed ahead of its end; while the renewal fails, the old one is used until it has really
//! ended. After a failure the service is not called for a pause that doubles each time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use http::HeaderValue;
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

use crate::{AccessToken, Clock, Deadline, Secret, TokenError, sensitive};

/// How long a task waits for a renewal while the old token would still do.
const RENEWAL_WAIT: Duration = Duration::from_secs(2);

/// The longest that [`TokenCache::prefetch`] may take. Tasks that come meanwhile wait for it, and a
/// platform may freeze the process in the middle of it.
const LONGEST_PREFETCH: Duration = Duration::from_secs(5);

/// A token is renewed this long before its end, or earlier by as much again: the difference is
/// random, so that many instances do not renew in step.
const LONGEST_MARGIN: Duration = Duration::from_secs(60);

/// Of a short lifetime the margin takes this part.
const MARGIN_PART: u32 = 5;

/// A refused token is replaced at most this often. A wrong session token is refused with the same
/// status as a wrong access token, so a caller must not be able to cause a renewal per request.
const REPLACE_INTERVAL: Duration = Duration::from_secs(10);

/// The pause after the first failure; each further one in a row doubles it. Jitter adds up to as
/// much again, so that many instances do not call in step.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The longest `Retry-After` of the token service that is honoured: a mistaken one must not stop all
/// uploads for a day.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Obtains, keeps and renews an access token.
///
/// At most one call to the service runs at a time, in a task of its own: a caller that hangs up ends
/// its own waiting, not the call that all others wait for.
#[derive(Clone)]
pub struct TokenCache(Arc<Inner>);

/// A token that is valid now.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token, without a scheme.
    pub secret: Secret,
    /// Which of the cache's tokens it is, for [`TokenCache::refuse`].
    pub generation: u64,
}

/// How often access tokens were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenFetches {
    /// The token service gave one.
    pub obtained: u64,
    /// It gave none.
    pub failed: u64,
}

type Fetch = dyn Fn(Deadline) -> BoxFuture<'static, Result<AccessToken, TokenError>> + Send + Sync;

struct Inner {
    fetch: Box<Fetch>,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    token: Option<CachedToken>,
    generation: u64,
    replaced_at: Option<Instant>,
    renewal: Option<Renewal>,
    /// The last failure, if there was no success since, and until when the service is left alone.
    failure: Option<(TokenError, Instant)>,
    pauses: ExponentialBackoff,
    fetches: TokenFetches,
}

/// The call that all wait for.
#[derive(Clone)]
struct Renewal {
    token: Shared<BoxFuture<'static, Result<CachedToken, TokenError>>>,
    task: AbortHandle,
    /// Its failure says nothing to those who wait: they ask anew.
    is_prefetch: bool,
}

#[derive(Clone)]
struct CachedToken {
    token: Token,
    renew_at: Instant,
    ends_at: Instant,
    /// The upstream refused it, for its own sake or for the session token's.
    is_refused: bool,
}

/// What [`TokenCache::get`] finds.
enum Lookup {
    Valid(Token),
    /// The service failed a moment ago.
    Failed(TokenError),
    /// A renewal under way, and the old token while that is valid.
    Renewal(Option<Token>, Renewal),
}

const LATE: &str = "it did not answer in time";

impl TokenCache {
    /// A cache that obtains tokens by `fetch`, each within `timeout`. Nothing is asked for yet.
    pub fn new<F>(
        fetch: impl Fn(Deadline) -> F + Send + Sync + 'static,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Self
    where
        F: Future<Output = Result<AccessToken, TokenError>> + Send + 'static,
    {
        Self(Arc::new(Inner {
            fetch: Box::new(move |deadline| fetch(deadline).boxed()),
            timeout,
            clock,
            state: Mutex::new(State {
                token: None,
                generation: 0,
                replaced_at: None,
                renewal: None,
                failure: None,
                pauses: new_pauses(),
                fetches: TokenFetches::default(),
            }),
        }))
    }

    /// Asks for the first token in the background, so that the first upload need not wait for it. A
    /// failure is logged and forgotten: the first upload asks anew, as it would without this, unless
    /// the service said when to ask again.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn prefetch(&self) {
        let mut state = self.0.state();
        if state.token.is_none() && state.renewal.is_none() {
            let timeout = LONGEST_PREFETCH.min(self.0.timeout);
            self.0.begin_renewal(&mut state, timeout, true);
        }
    }

    /// How often the service was asked.
    #[must_use]
    pub fn fetches(&self) -> TokenFetches {
        self.0.state().fetches
    }

    /// A token that is valid now.
    ///
    /// # Errors
    ///
    /// The service gave none; or it failed a moment ago and is left alone; or the deadline passed.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub async fn get(&self, deadline: Deadline) -> Result<Token, TokenError> {
        loop {
            let (valid, renewal) = match self.look_up() {
                Lookup::Valid(token) => return Ok(token),
                Lookup::Failed(error) => return Err(error),
                Lookup::Renewal(valid, renewal) => (valid, renewal),
            };
            let wait = RENEWAL_WAIT.min(deadline.remaining() / 2);
            let wait = valid.as_ref().map(|_| Deadline::after(wait));
            let renewed = deadline.or_earlier(wait).limit(renewal.token).await;
            match (renewed, valid) {
                (Some(Ok(cached)), _) => return Ok(cached.token),
                // While the old token is valid, a renewal that failed is no reason to fail.
                (_, Some(valid)) => return Ok(valid),
                (Some(Err(_)), None) if renewal.is_prefetch => {}
                (Some(Err(error)), None) => return Err(error),
                (None, None) => return Err(TokenError::unavailable(LATE)),
            }
        }
    }

    /// The token, if it need not be renewed; else the renewal, which is begun if need be.
    fn look_up(&self) -> Lookup {
        let now = self.0.clock.now();
        let mut state = self.0.state();
        // A task that ended and is still here panicked, or its runtime ended.
        state.renewal.take_if(|renewal| renewal.task.is_finished());
        let valid = state.token.clone().filter(|cached| now < cached.ends_at);
        let is_due = valid.as_ref().is_none_or(|cached| cached.is_due(now));
        let is_refused = valid.as_ref().is_none_or(|cached| cached.is_refused);
        let valid = valid.map(|cached| cached.token);
        match (valid, &state.renewal, state.recent_failure(now)) {
            (Some(token), _, _) if !is_due => Lookup::Valid(token),
            (Some(token), Some(_), _) if !is_refused => Lookup::Valid(token),
            (valid, Some(renewal), _) => Lookup::Renewal(valid, renewal.clone()),
            (Some(token), None, Some(_)) => Lookup::Valid(token),
            (None, None, Some(error)) => Lookup::Failed(error.clone()),
            (valid, None, None) => {
                let renewal = self.0.begin_renewal(&mut state, self.0.timeout, false);
                Lookup::Renewal(valid, renewal)
            }
        }
    }

    /// The value of `Authorization` with a token that is valid now, and the token's generation.
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
        let value = sensitive(&bearer)
            .ok_or_else(|| TokenError::unavailable("its token cannot be sent in a header"))?;
        Ok((value, token.generation))
    }

    /// Notes that the upstream refused a token; returns whether [`get`](Self::get) may have a newer
    /// one. The token is kept until there is: a wrong session token is refused in the same words.
    #[must_use]
    pub fn refuse(&self, generation: u64) -> bool {
        let now = self.0.clock.now();
        let mut state = self.0.state();
        let recently = state
            .replaced_at
            .is_some_and(|at| now.saturating_duration_since(at) < REPLACE_INTERVAL);
        match &mut state.token {
            Some(cached) if cached.token.generation == generation && !cached.is_refused => {
                cached.is_refused = !recently;
                if !recently {
                    state.replaced_at = Some(now);
                }
                !recently
            }
            // Replaced already, or being replaced.
            _ => true,
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_renewal(
        self: &Arc<Self>,
        state: &mut State,
        timeout: Duration,
        is_prefetch: bool,
    ) -> Renewal {
        let task = tokio::spawn(Arc::clone(self).renew(timeout, is_prefetch));
        let handle = task.abort_handle();
        let renewal = async move {
            let ended = task.await;
            ended.unwrap_or_else(|_| Err(TokenError::unavailable("the call was given up")))
        };
        let renewal = Renewal {
            token: renewal.boxed().shared(),
            task: handle,
            is_prefetch,
        };
        state.renewal.insert(renewal).clone()
    }

    async fn renew(
        self: Arc<Self>,
        timeout: Duration,
        is_prefetch: bool,
    ) -> Result<CachedToken, TokenError> {
        let deadline = Deadline::after(timeout);
        let fetched = deadline
            .limit((self.fetch)(deadline))
            .await
            .unwrap_or_else(|| Err(TokenError::unavailable(LATE)));
        let now = self.clock.now();
        let mut state = self.state();
        state.renewal = None;
        match fetched {
            Ok(token) => {
                state.fetches.obtained += 1;
                state.failure = None;
                state.pauses = new_pauses();
                Ok(state.keep(token, now))
            }
            Err(error) => {
                state.fetches.failed += 1;
                tracing::warn!(%error, "no access token");
                if !is_prefetch || error.retry_after().is_some() {
                    state.note_failure(error.clone(), now);
                }
                Err(error)
            }
        }
    }
}

impl State {
    fn keep(&mut self, AccessToken { token, lifetime }: AccessToken, now: Instant) -> CachedToken {
        self.generation += 1;
        let margin = LONGEST_MARGIN.min(lifetime / MARGIN_PART);
        let early = margin.mul_f64(1.0 + fastrand::f64());
        let cached = CachedToken {
            token: Token {
                secret: token,
                generation: self.generation,
            },
            renew_at: now + lifetime.saturating_sub(early),
            ends_at: now + lifetime,
            is_refused: false,
        };
        self.token.insert(cached).clone()
    }

    fn recent_failure(&self, now: Instant) -> Option<&TokenError> {
        let (error, until) = self.failure.as_ref()?;
        (now < *until).then_some(error)
    }

    fn note_failure(&mut self, error: TokenError, now: Instant) {
        let asked = error.retry_after().unwrap_or_default();
        let pause = self.pauses.next().unwrap_or(LONGEST_PAUSE);
        let pause = pause.max(asked.min(LONGEST_RETRY_AFTER));
        self.failure = Some((error, now + pause));
    }
}

impl CachedToken {
    /// Whether a newer one should be obtained, although this one may be valid yet.
    fn is_due(&self, now: Instant) -> bool {
        self.is_refused || self.renew_at <= now
    }
}

fn new_pauses() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .without_max_times()
        .with_jitter()
        .build()
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").finish_non_exhaustive()
    }
}
