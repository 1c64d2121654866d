//! An app key and its access tokens.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;

use crate::calls::DEFAULT_TIMEOUT;
use crate::{Client, Secret, SessionError, TokenCache};

/// The requested lifetime of access tokens: the longest that the service grants.
const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// An app key and its access tokens. Clones share the token.
#[derive(Clone)]
#[non_exhaustive]
pub struct App {
    /// The value of `x-app-key`.
    pub key: HeaderValue,
    /// The access tokens.
    pub tokens: TokenCache,
}

impl App {
    /// Creates an app from the value of `x-app-key` and its access tokens.
    #[must_use]
    pub const fn with_tokens(key: HeaderValue, tokens: TokenCache) -> Self {
        Self { key, tokens }
    }

    /// Creates an app that obtains its access tokens from `client`'s token service.
    ///
    /// # Errors
    ///
    /// The key has characters that a header cannot carry.
    pub fn new(
        client: &Client,
        key: impl Into<String>,
        secret: impl Into<String>,
    ) -> Result<Self, SessionError> {
        let (key, secret) = (Secret::new(key), Secret::new(secret));
        let header = key
            .to_header()
            .ok_or(SessionError::NotSendable("the app key"))?;
        let client = client.clone();
        let fetch = move |deadline| {
            let (client, key, secret) = (client.clone(), key.clone(), secret.clone());
            async move {
                client
                    .token_by_ak_sk(&key, &secret, TOKEN_LIFETIME, deadline)
                    .await
            }
        };
        Ok(Self {
            key: header,
            tokens: TokenCache::new(fetch, DEFAULT_TIMEOUT),
        })
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}
