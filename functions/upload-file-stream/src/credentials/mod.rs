//! Whose credentials an upload carries.
//!
//! A caller always sends the session token, which the upstream verifies: so the gateway is no open
//! relay even where it holds the app key itself.

mod access_tokens;
mod caller;
mod held_token;
mod keeper;
mod secret_source;
mod service_state;

pub use access_tokens::AccessTokens;
pub use caller::{CallerCredentials, CredentialsError};
pub use secret_source::SecretSourceError;

use http::HeaderValue;

use crate::Deadline;
use crate::config::{CallerCredentials as CallerPolicy, ManagedConfig};
use crate::telemetry::TokenFetches;
use crate::upstream::{TokenError, UpstreamCredentials};

/// The credentials that the gateway adds, if it adds any.
#[derive(Debug)]
pub enum Credentials {
    /// The caller sends all three.
    PassThrough,
    /// The gateway sends its own app key and access token.
    Managed(Box<Managed>),
}

/// The gateway's own app key and access token.
#[derive(Debug)]
pub struct Managed {
    app_key: HeaderValue,
    tokens: AccessTokens,
    caller: CallerPolicy,
}

/// Credentials ready to be sent, and the token among them that the gateway can renew.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// What the upload carries.
    pub credentials: UpstreamCredentials,
    /// Which of its own access tokens the gateway used; `None` if it used the caller's.
    pub generation: Option<u64>,
}

impl Managed {
    /// The gateway's own credentials, with a source of access tokens.
    #[must_use]
    pub fn new(config: &ManagedConfig, tokens: AccessTokens) -> Self {
        Self {
            app_key: tokens.app_key(),
            tokens,
            caller: config.caller_credentials,
        }
    }

    /// The source of access tokens.
    #[must_use]
    pub fn tokens(&self) -> &AccessTokens {
        &self.tokens
    }
}

impl Credentials {
    /// The mode's name in the log.
    #[must_use]
    pub fn mode(&self) -> &'static str {
        match self {
            Self::PassThrough => "pass-through",
            Self::Managed(_) => "managed",
        }
    }

    /// Obtains in the background what the first upload will need. Where the caller sends all, that
    /// is nothing.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn prefetch(&self) {
        match self {
            Self::PassThrough => {}
            Self::Managed(managed) => managed.tokens.prefetch(),
        }
    }

    /// How often the gateway asked for an access token.
    #[must_use]
    pub fn token_fetches(&self) -> TokenFetches {
        match self {
            Self::PassThrough => TokenFetches::default(),
            Self::Managed(managed) => managed.tokens.fetches(),
        }
    }

    /// Checks what the caller sent, before anything is read or asked for.
    ///
    /// # Errors
    ///
    /// A header is missing or malformed that this mode needs from the caller.
    pub fn check(&self, caller: &CallerCredentials) -> Result<(), CredentialsError> {
        match self {
            Self::PassThrough => caller.require_all(),
            Self::Managed(_) => Ok(()),
        }
    }

    /// The credentials of one upload, obtaining an access token if need be.
    ///
    /// # Errors
    ///
    /// No access token is to be had.
    pub async fn resolve(
        &self,
        caller: &CallerCredentials,
        deadline: Deadline,
    ) -> Result<Resolved, ResolveError> {
        let managed = match self {
            Self::PassThrough => None,
            Self::Managed(managed) => Some(managed).filter(|managed| {
                managed.caller == CallerPolicy::Ignored || caller.require_all().is_err()
            }),
        };
        let Some(managed) = managed else {
            let credentials = caller.as_sent()?;
            return Ok(Resolved {
                credentials,
                generation: None,
            });
        };
        let (authorization, generation) = managed.tokens.authorization(deadline).await?;
        Ok(Resolved {
            credentials: UpstreamCredentials {
                session_token: caller.session_token().clone(),
                app_key: managed.app_key.clone(),
                authorization,
            },
            generation: Some(generation),
        })
    }

    /// After the upstream refused a token: whether the gateway can offer a newer one.
    pub fn renew(&self, used: &Resolved) -> bool {
        match (self, used.generation) {
            (Self::Managed(managed), Some(generation)) => managed.tokens.refuse(generation),
            _ => false,
        }
    }
}

/// Why an upload has no credentials.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ResolveError {
    /// The caller's are incomplete.
    #[error(transparent)]
    Caller(#[from] CredentialsError),
    /// The gateway's access token is not to be had.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// A header value that is never printed: `None` if the text cannot be one.
#[must_use]
pub fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
