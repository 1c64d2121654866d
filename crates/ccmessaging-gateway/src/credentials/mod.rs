//! The credentials that are sent with an upload: the caller's, or the gateway's own.
//!
//! The caller always sends the session token, which the contact centre verifies, so the gateway is
//! not an open relay even if it has the app key itself.

pub(crate) mod caller;
mod secret_source;

use std::time::Duration;

pub(crate) use caller::CallerCredentials;
pub use caller::CredentialsError;
use ccmessaging_client::{App, Client, Credentials, Deadline, TokenCache, TokenError};
use http::HeaderValue;

pub(crate) use secret_source::{read as read_secret, read_file_blocking};

use crate::config::{CallerPolicy, ConfigError, ManagedConfig, SecretSource};

/// How long a readiness probe waits for the first access token. Probes of Kubernetes time out after a
/// second.
const READY_TIMEOUT: Duration = Duration::from_millis(500);

/// The source of an upload's credentials.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum GatewayCredentials {
    /// The caller sends all three.
    PassThrough,
    /// The gateway sends its own app key and access token.
    Managed {
        /// The app key and its access tokens.
        app: App,
        /// Whether a caller's own credentials are used.
        caller: CallerPolicy,
        /// Whether a token can be fetched before the first request.
        can_prefetch: bool,
    },
}

/// Whose credentials a call is sent with.
#[derive(Debug)]
pub(crate) enum CallCredentials {
    /// The caller's.
    Caller(Credentials),
    /// The gateway's, with the caller's session token.
    Gateway {
        app: App,
        session_token: HeaderValue,
    },
}

/// Credentials to send, and which of the gateway's tokens they contain.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) credentials: Credentials,
    /// The generation of the gateway's access token; `None` for the caller's.
    generation: Option<u64>,
}

/// Creates the cache of an app key's access tokens. It reads the secret for each token; a file is also
/// read here, so that an unusable one is reported at once.
///
/// # Errors
///
/// The app key cannot be sent in a header, or the secret's file cannot be used.
pub fn app(config: &ManagedConfig, client: &Client) -> Result<App, ConfigError> {
    let key = config
        .app_key
        .to_header()
        .ok_or_else(ConfigError::app_key)?;
    if let SecretSource::File(path) = &config.app_secret {
        read_file_blocking(path).map_err(ConfigError::app_secret_file)?;
    }
    let (client, timeout) = (client.clone(), config.token_timeout);
    let config = config.clone();
    let fetch = move |deadline| {
        let (client, config) = (client.clone(), config.clone());
        async move {
            let secret = read_secret(&config.app_secret, "APP_SECRET", deadline).await;
            let secret = secret.map_err(|reason| TokenError::SecretUnreadable { reason })?;
            client
                .token_by_ak_sk(&config.app_key, &secret, config.token_lifetime, deadline)
                .await
        }
    };
    Ok(App::with_tokens(key, TokenCache::new(fetch, timeout)))
}

impl GatewayCredentials {
    /// Creates the credentials of a configuration, without a request.
    pub(crate) fn new(
        config: Option<&ManagedConfig>,
        client: &Client,
    ) -> Result<Self, ConfigError> {
        let Some(config) = config else {
            return Ok(Self::PassThrough);
        };
        Ok(Self::Managed {
            app: app(config, client)?,
            caller: config.caller,
            // The secrets extension rejects every call before the first invocation, so a prefetch
            // would only log a failure.
            can_prefetch: !matches!(config.app_secret, SecretSource::SecretsManager { .. }),
        })
    }

    /// The name of the mode in the log.
    #[must_use]
    pub fn mode(&self) -> &'static str {
        match self {
            Self::PassThrough => "pass-through",
            Self::Managed { .. } => "managed",
        }
    }

    /// Fetches the access token of the first upload in the background, if the gateway has its own.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn prefetch(&self) {
        if let Self::Managed {
            app,
            can_prefetch: true,
            ..
        } = self
        {
            app.tokens.prefetch();
        }
    }

    /// Returns whether uploads can have credentials: always if callers send them, else once the gateway
    /// has obtained an access token. A later failure of the token service changes nothing, since
    /// restarting or avoiding this instance would not help.
    pub(crate) async fn is_ready(&self) -> bool {
        match self {
            Self::PassThrough => true,
            Self::Managed { app, .. } => {
                let deadline = Deadline::after(READY_TIMEOUT);
                app.tokens.fetches().obtained > 0 || app.tokens.get(deadline).await.is_ok()
            }
        }
    }

    /// The gateway's own access tokens.
    pub(crate) fn tokens(&self) -> Option<&TokenCache> {
        match self {
            Self::PassThrough => None,
            Self::Managed { app, .. } => Some(&app.tokens),
        }
    }

    /// Decides whose credentials a call is sent with, before its body is read.
    pub(crate) fn choose(
        &self,
        sent: &CallerCredentials,
    ) -> Result<CallCredentials, CredentialsError> {
        let (app, policy) = match self {
            Self::PassThrough => return sent.as_sent().map(CallCredentials::Caller),
            Self::Managed { app, caller, .. } => (app, caller),
        };
        match (policy, sent.as_sent()) {
            (CallerPolicy::Preferred, Ok(credentials)) => Ok(CallCredentials::Caller(credentials)),
            _ => Ok(CallCredentials::Gateway {
                app: app.clone(),
                session_token: sent.session_token().clone(),
            }),
        }
    }
}

impl CallCredentials {
    /// Returns the credentials to send, fetching an access token if necessary.
    pub(crate) async fn resolve(&self, deadline: Deadline) -> Result<Resolved, TokenError> {
        match self {
            Self::Caller(credentials) => Ok(Resolved {
                credentials: credentials.clone(),
                generation: None,
            }),
            Self::Gateway { app, session_token } => {
                let (authorization, generation) = app.tokens.authorization(deadline).await?;
                let credentials =
                    Credentials::new(session_token.clone(), app.key.clone(), authorization);
                Ok(Resolved {
                    credentials,
                    generation: Some(generation),
                })
            }
        }
    }

    /// Invalidates a token that the upstream rejected. Returns whether a newer one can be fetched.
    pub(crate) fn renew(&self, used: &Resolved) -> bool {
        match (self, used.generation) {
            (Self::Gateway { app, .. }, Some(generation)) => app.tokens.reject(generation),
            _ => false,
        }
    }
}
