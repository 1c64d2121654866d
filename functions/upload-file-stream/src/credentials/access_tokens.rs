//! One access token for the whole process.
//!
//! However many uploads begin at once, one call asks the token service and all wait for it. A token
//! is renewed ahead of its end; while the renewal fails, the old one serves on until it has really
//! ended. After a failure the service is left alone for a while that doubles each time.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::held_token::HeldToken;
use super::keeper::Keeper;
use super::service_state::ServiceState;
use super::{secret_source, sensitive};
use crate::config::{ManagedConfig, SecretSource};
use crate::telemetry::TokenFetches;
use crate::upstream::{AccessToken, TokenError, Transport};
use crate::{Clock, Deadline, Secret};

/// How long an upload waits for a renewal while it could do with the old token.
const RENEWAL_PATIENCE: Duration = Duration::from_secs(2);

/// How long the call at the start may take. Uploads that come meanwhile wait for it, and a platform
/// may freeze the instance in the middle of it: what is left of a dead connection must not hold them.
const LONGEST_PREFETCH: Duration = Duration::from_secs(5);

/// What the upstream refuses, in place of a value that cannot be sent.
const EMPTY: HeaderValue = HeaderValue::from_static("");

/// Obtains, keeps and renews the access token.
#[derive(Debug)]
pub struct AccessTokens {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: ManagedConfig,
    transport: Transport,
    clock: Arc<dyn Clock>,
    keeper: Keeper,
    /// Held during a call to the service: that makes calls single.
    service: Arc<Mutex<ServiceState>>,
}

impl AccessTokens {
    /// Nothing is asked for yet.
    #[must_use]
    pub fn new(config: ManagedConfig, transport: Transport, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                config,
                transport,
                clock,
                keeper: Keeper::default(),
                service: Arc::default(),
            }),
        }
    }

    /// The value of `x-app-key` that the tokens belong to.
    #[must_use]
    pub fn app_key(&self) -> HeaderValue {
        // The configuration takes no key that is no header value.
        sensitive(self.inner.config.app_key.expose()).unwrap_or(EMPTY)
    }

    /// Asks for the first token in the background, so that the first upload need not wait for it.
    ///
    /// An upload that comes meanwhile waits for this call and makes none of its own. A failure is
    /// logged and then forgotten: the first upload asks anew, as it would without this.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn prefetch(&self) {
        // The secrets extension starts beside this program and refuses every call until the first
        // invocation: asking it now would only log a failure.
        if matches!(
            self.inner.config.app_secret,
            SecretSource::SecretsManager { .. }
        ) {
            return;
        }
        let inner = Arc::clone(&self.inner);
        // Locked here and not by the task, so that no upload can come first.
        let Ok(mut service) = Arc::clone(&inner.service).try_lock_owned() else {
            return;
        };
        tokio::spawn(async move {
            let timeout = LONGEST_PREFETCH.min(inner.config.token_timeout);
            if inner.renewed_by(&mut service, timeout).await.is_err() {
                *service = ServiceState::default();
            }
        });
    }

    /// How often the service was asked.
    #[must_use]
    pub fn fetches(&self) -> TokenFetches {
        self.inner.keeper.fetches()
    }

    /// A token that is valid now, and its generation for [`refuse`](Self::refuse).
    ///
    /// # Errors
    ///
    /// The service gave none; or it failed a moment ago and is left alone; or the deadline passed.
    pub async fn get(&self, deadline: Deadline) -> Result<(Secret, u64), TokenError> {
        let now = self.inner.clock.now();
        let valid = self.inner.keeper.valid(now);
        if let Some(held) = &valid
            && (!held.is_due(now) || (!held.is_refused && self.inner.is_being_renewed()))
        {
            return Ok((held.token.clone(), held.generation));
        }
        // A task of its own: what one upload's deadline or hang-up ends is that upload's waiting,
        // not the call that all others wait for.
        let renewal = tokio::spawn(Arc::clone(&self.inner).renewed());
        let patience = RENEWAL_PATIENCE.min(deadline.remaining() / 2);
        let patience = valid.as_ref().map(|_| Deadline::after(patience));
        let renewed = match deadline.or_earlier(patience).limit(renewal).await {
            Some(Ok(renewed)) => renewed,
            Some(Err(_)) | None => Err(TokenError::Unavailable {
                reason: "it did not answer in time".to_owned(),
            }),
        };
        // While the old token is valid, a renewal that failed is no reason to fail.
        let held = renewed.or_else(|error| valid.ok_or(error))?;
        Ok((held.token, held.generation))
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
        let (token, generation) = self.get(deadline).await?;
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        // The token service lets no token through that is no header value.
        Ok((sensitive(&bearer).unwrap_or(EMPTY), generation))
    }

    /// Notes that the upstream refused a token; whether [`get`](Self::get) may have a newer one.
    #[must_use]
    pub fn refuse(&self, generation: u64) -> bool {
        self.inner.keeper.refuse(generation, self.inner.clock.now())
    }
}

impl Inner {
    /// A token that is not due, from the service if need be.
    async fn renewed(self: Arc<Self>) -> Result<HeldToken, TokenError> {
        let mut service = self.service.lock().await;
        self.renewed_by(&mut service, self.config.token_timeout)
            .await
    }

    /// As [`renewed`](Self::renewed), for the one who may call the service.
    async fn renewed_by(
        &self,
        service: &mut ServiceState,
        timeout: Duration,
    ) -> Result<HeldToken, TokenError> {
        // Somebody else may have renewed it meanwhile.
        let now = self.clock.now();
        match self.keeper.valid(now).filter(|held| !held.is_due(now)) {
            Some(held) => Ok(held),
            None => self.renew(service, timeout).await,
        }
    }

    fn is_being_renewed(&self) -> bool {
        self.service.try_lock().is_err()
    }

    /// Asks the service, unless it failed a moment ago.
    async fn renew(
        &self,
        service: &mut ServiceState,
        timeout: Duration,
    ) -> Result<HeldToken, TokenError> {
        if let Some(error) = service.recent_failure(self.clock.now()) {
            return Err(error.clone());
        }
        match self.ask(Deadline::after(timeout)).await {
            Ok(token) => {
                *service = ServiceState::default();
                Ok(self.keeper.keep(token, self.clock.now()))
            }
            Err(error) => {
                tracing::warn!(error = %error, "no access token");
                self.keeper.note_failure();
                service.note_failure(error.clone(), self.clock.now());
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
}
