//! One access token for the whole process.
//!
//! However many uploads begin at once, one asks the token service and the others wait for it. A
//! token is renewed ahead of its end; while the renewal fails, the old one serves on until it has
//! really ended. After a failure the service is left alone for a while that doubles each time.

use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use tokio::sync::Mutex;

use super::secret_source;
use crate::config::ManagedConfig;
use crate::upstream::{AccessToken, TokenError, Transport};
use crate::{Clock, Deadline, Secret};

/// A token is renewed this long before its end, or earlier by as much again: the difference is
/// drawn by chance, so that many instances do not renew in step.
const LONGEST_MARGIN: Duration = Duration::from_secs(60);

/// Of a short lifetime the margin takes this part.
const MARGIN_PART: u32 = 5;

/// A refused token is replaced at most this often. A wrong session token is refused with the same
/// status as a wrong access token, so a caller must not be able to cause a renewal per request.
const REPLACE_INTERVAL: Duration = Duration::from_secs(10);

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Obtains, keeps and renews the access token.
#[derive(Debug)]
pub struct AccessTokens {
    config: ManagedConfig,
    transport: Transport,
    clock: Arc<dyn Clock>,
    current: SyncMutex<Current>,
    service: Mutex<Service>,
}

#[derive(Debug, Default)]
struct Current {
    token: Option<Held>,
    generation: u64,
    replaced_at: Option<Instant>,
}

#[derive(Clone, Debug)]
struct Held {
    token: Secret,
    generation: u64,
    renew_at: Instant,
    ends_at: Instant,
}

/// What is known of the token service. Its lock is held during a call: that makes calls single.
#[derive(Debug)]
struct Service {
    pauses: ExponentialBackoff,
    failure: Option<(TokenError, Instant)>,
}

impl Default for Service {
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

impl AccessTokens {
    /// Nothing is asked for yet.
    #[must_use]
    pub fn new(config: ManagedConfig, transport: Transport, clock: Arc<dyn Clock>) -> Self {
        Self {
            config,
            transport,
            clock,
            current: SyncMutex::default(),
            service: Mutex::default(),
        }
    }

    /// A token that is valid now, and its generation for [`refuse`](Self::refuse).
    ///
    /// # Errors
    ///
    /// The service gave none; or it failed a moment ago and is left alone; or the deadline passed.
    pub async fn get(&self, deadline: Deadline) -> Result<(Secret, u64), TokenError> {
        let now = self.clock.now();
        let valid = self.valid_token(now);
        if let Some(held) = &valid {
            // The first to find it due renews it; nobody waits while the old one is valid.
            let renewer = (held.renew_at <= now).then(|| self.service.try_lock().ok());
            let Some(mut service) = renewer.flatten() else {
                return Ok((held.token.clone(), held.generation));
            };
            return Ok(match self.renew(&mut service, deadline).await {
                Ok(new) => (new.token, new.generation),
                Err(_) => (held.token.clone(), held.generation),
            });
        }
        let Some(mut service) = deadline.limit(self.service.lock()).await else {
            return Err(TokenError::Unavailable {
                reason: "it did not answer in time".to_owned(),
            });
        };
        // Somebody else may have renewed it meanwhile.
        let held = match self.valid_token(self.clock.now()) {
            Some(held) => held,
            None => self.renew(&mut service, deadline).await?,
        };
        Ok((held.token, held.generation))
    }

    /// Drops a token that the upstream refused; whether a newer one can be had.
    pub fn refuse(&self, generation: u64) -> bool {
        let now = self.clock.now();
        let mut current = self.current();
        match &current.token {
            Some(held) if held.generation == generation => {
                let recently = current
                    .replaced_at
                    .is_some_and(|at| now.saturating_duration_since(at) < REPLACE_INTERVAL);
                if recently {
                    return false;
                }
                current.replaced_at = Some(now);
                current.token = None;
                true
            }
            // Replaced already, or being replaced.
            _ => true,
        }
    }

    fn valid_token(&self, now: Instant) -> Option<Held> {
        let current = self.current();
        current.token.clone().filter(|held| now < held.ends_at)
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        // Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the service, unless it failed a moment ago.
    async fn renew(&self, service: &mut Service, deadline: Deadline) -> Result<Held, TokenError> {
        let now = self.clock.now();
        if let Some((error, until)) = &service.failure
            && now < *until
        {
            return Err(error.clone());
        }
        match self.ask(deadline).await {
            Ok(token) => {
                *service = Service::default();
                Ok(self.keep(token))
            }
            Err(error) => {
                tracing::warn!(error = %error, "no access token");
                let pause = service.pauses.next().unwrap_or(LONGEST_PAUSE);
                service.failure = Some((error.clone(), self.clock.now() + pause));
                Err(error)
            }
        }
    }

    async fn ask(&self, deadline: Deadline) -> Result<AccessToken, TokenError> {
        let secret =
            secret_source::read(&self.config.app_secret, &self.transport, deadline).await?;
        self.transport
            .token_by_ak_sk(
                &self.config.token_base_url,
                &self.config.app_key,
                &secret,
                self.config.token_lifetime,
                deadline,
            )
            .await
    }

    fn keep(&self, AccessToken { token, lifetime }: AccessToken) -> Held {
        let now = self.clock.now();
        let margin = LONGEST_MARGIN.min(lifetime / MARGIN_PART);
        let early = margin.mul_f64(1.0 + fastrand::f64());
        let mut current = self.current();
        current.generation += 1;
        let held = Held {
            token,
            generation: current.generation,
            renew_at: now + lifetime.saturating_sub(early),
            ends_at: now + lifetime,
        };
        current.token = Some(held.clone());
        held
    }
}
