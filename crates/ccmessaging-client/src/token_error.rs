//! The error of a call without an access token.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::{unexpected, with_causes};
use crate::{CallError, CallErrorKind, InvalidResponse, Peer};

/// Obtaining an access token failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The service does not accept this pair of key and secret, or no longer.
    #[error("the token service rejects the app key or its secret (status {})", .status.as_u16())]
    KeyRejected {
        /// The service's status: 400, 401 or 403.
        status: StatusCode,
    },
    /// The service returned no usable response.
    #[error("the token service returned no access token")]
    Unavailable {
        /// What it returned instead.
        source: Arc<CallError>,
    },
    /// The app secret, or another one, cannot be read from where it is stored.
    #[error("a secret cannot be read: {reason}")]
    SecretUnreadable {
        /// What went wrong.
        reason: String,
    },
    /// The function that [`TokenCache::new`](crate::TokenCache::new) was given panicked.
    #[error("the program failed to obtain an access token")]
    Panicked,
}

impl TokenError {
    pub(crate) fn timed_out() -> Self {
        CallError::new(Peer::TokenService, CallErrorKind::TimedOut).into()
    }

    /// The service's response is not the documented JSON.
    pub(crate) fn undocumented() -> Self {
        unexpected(
            Peer::TokenService,
            StatusCode::OK,
            InvalidResponse::Undocumented,
        )
        .into()
    }

    /// Returns how long the token service asks to wait before the next call (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { source } => source.retry_after(),
            Self::KeyRejected { .. } | Self::SecretUnreadable { .. } | Self::Panicked => None,
        }
    }

    /// Returns whether asking again may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable { source } => source.is_transient(),
            Self::KeyRejected { .. } | Self::SecretUnreadable { .. } | Self::Panicked => false,
        }
    }

    /// Returns the sentence followed by its chain of causes, for a log.
    #[must_use]
    pub fn causes(&self) -> String {
        with_causes(self)
    }
}

impl From<CallError> for TokenError {
    fn from(error: CallError) -> Self {
        Self::Unavailable {
            source: Arc::new(error),
        }
    }
}
