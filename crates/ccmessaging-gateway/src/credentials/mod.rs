//! Whose credentials an upload carries.
//!
//! A caller always sends the session token, which the contact centre verifies: so the gateway is no
//! open relay even where it holds the app key itself.

mod caller;
mod secret_source;

use std::sync::Arc;

pub use caller::{CallerCredentials, CredentialsError};
use ccmessaging_client::{App, Client, Clock, Credentials, Deadline, TokenCache, TokenError};

use crate::config::{CallerPolicy, ConfigError, ManagedConfig, SecretSource};

/// The credentials that the gateway adds, if it adds any.
#[derive(Clone, Debug)]
pub enum GatewayCredentials {
    /// The caller sends all three.
    PassThrough,
    /// The gateway sends its own app key and access token.
    Managed {
        /// The app key and the tokens that it gets.
        app: App,
        /// What becomes of a caller's own.
        caller: CallerPolicy,
        /// Whether a token can be had before the first request.
        can_prefetch: bool,
    },
}

/// Credentials ready to be sent, and the token among them that the gateway can renew.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// What the upload carries.
    pub(crate) credentials: Credentials,
    /// Which of its own access tokens the gateway used; `None` if it used the caller's.
    generation: Option<u64>,
}

/// Why an upload has no credentials.
#[derive(Clone, Debug)]
pub(crate) enum ResolveError {
    /// The caller's are incomplete.
    Caller(CredentialsError),
    /// There is no access token.
    Token(TokenError),
}

/// An app key's access tokens, obtained with the secret as it is kept by the deployment.
///
/// # Errors
///
/// The app key cannot be sent in a header.
pub fn app(
    config: &ManagedConfig,
    client: &Client,
    clock: Arc<dyn Clock>,
) -> Result<App, ConfigError> {
    let key = config
        .app_key
        .to_header()
        .ok_or_else(ConfigError::app_key)?;
    let (client, timeout) = (client.clone(), config.token_timeout);
    let config = config.clone();
    let fetch = move |deadline| {
        let (client, config) = (client.clone(), config.clone());
        async move {
            let secret = secret_source::read(&config.app_secret, &client, deadline).await?;
            client
                .token_by_ak_sk(&config.app_key, &secret, config.token_lifetime, deadline)
                .await
        }
    };
    Ok(App {
        key,
        tokens: TokenCache::new(fetch, timeout, clock),
    })
}

impl GatewayCredentials {
    /// The credentials of a configuration; nothing is asked for yet.
    pub(crate) fn new(
        config: Option<&ManagedConfig>,
        client: &Client,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let Some(config) = config else {
            return Ok(Self::PassThrough);
        };
        Ok(Self::Managed {
            app: app(config, client, clock)?,
            caller: config.caller,
            // The secrets extension starts beside this program and refuses every call until the
            // first invocation: asking it before would only log a failure.
            can_prefetch: !matches!(config.app_secret, SecretSource::SecretsManager { .. }),
        })
    }

    /// The mode's name in the log.
    #[must_use]
    pub fn mode(&self) -> &'static str {
        match self {
            Self::PassThrough => "pass-through",
            Self::Managed { .. } => "managed",
        }
    }

    /// Obtains in the background what the first upload will need. Where the caller sends all, that
    /// is nothing.
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

    /// The gateway's own access tokens.
    pub(crate) fn tokens(&self) -> Option<&TokenCache> {
        match self {
            Self::PassThrough => None,
            Self::Managed { app, .. } => Some(&app.tokens),
        }
    }

    /// Checks what the caller sent, before anything is read or asked for.
    pub(crate) fn check(&self, caller: &CallerCredentials) -> Result<(), CredentialsError> {
        match self {
            Self::PassThrough => caller.require_all(),
            Self::Managed { .. } => Ok(()),
        }
    }

    /// The credentials of one upload, obtaining an access token if need be.
    pub(crate) async fn resolve(
        &self,
        sent: &CallerCredentials,
        deadline: Deadline,
    ) -> Result<Resolved, ResolveError> {
        let own = match self {
            Self::PassThrough => None,
            Self::Managed { caller, .. }
                if *caller == CallerPolicy::Preferred && sent.require_all().is_ok() =>
            {
                None
            }
            Self::Managed { app, .. } => Some(app),
        };
        let Some(app) = own else {
            return Ok(Resolved {
                credentials: sent.as_sent().map_err(ResolveError::Caller)?,
                generation: None,
            });
        };
        let authorization = app.tokens.authorization(deadline).await;
        let (authorization, generation) = authorization.map_err(ResolveError::Token)?;
        Ok(Resolved {
            credentials: Credentials {
                session_token: sent.session_token().clone(),
                app_key: app.key.clone(),
                authorization,
            },
            generation: Some(generation),
        })
    }

    /// After the upstream refused a token: whether the gateway can offer a newer one.
    pub(crate) fn renew(&self, used: &Resolved) -> bool {
        match (self, used.generation) {
            (Self::Managed { app, .. }, Some(generation)) => app.tokens.refuse(generation),
            _ => false,
        }
    }
}
