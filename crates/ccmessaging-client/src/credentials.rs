//! The three credentials of a call.

use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use crate::{CCMESSAGING_TOKEN, X_APP_KEY};

/// The three credentials of a call. `Debug` prints none of them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Credentials {
    /// `ccmessaging-token`.
    pub session_token: HeaderValue,
    /// `x-app-key`.
    pub app_key: HeaderValue,
    /// `Authorization`, with its scheme.
    pub authorization: HeaderValue,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// Combines a session token, an app key and an `Authorization`.
    #[must_use]
    pub const fn new(
        session_token: HeaderValue,
        app_key: HeaderValue,
        authorization: HeaderValue,
    ) -> Self {
        Self {
            session_token,
            app_key,
            authorization,
        }
    }

    /// Adds the credentials to `headers`, replacing any that they contain; `newest_token` replaces the
    /// session token.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap, newest_token: Option<HeaderValue>) {
        let session_token = newest_token.unwrap_or_else(|| self.session_token.clone());
        headers.insert(CCMESSAGING_TOKEN, session_token);
        headers.insert(X_APP_KEY, self.app_key.clone());
        headers.insert(AUTHORIZATION, self.authorization.clone());
    }
}
