//! Access tokens, session tokens and their rotation.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use uuid::Uuid;

/// Whether a valid `ccmessaging-token` is replaced through the response header of the same name, and
/// whether the old one stays valid.
///
/// The documentation only says that an expired token is replaced during a session and that the
/// caller must use the new one from then on. Replacing a token on every call tests that without
/// waiting for an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RotationPolicy {
    every_call: bool,
    revokes_old: bool,
}

impl RotationPolicy {
    /// Never replaces tokens, which is the default; an expired one is rejected with 401.
    pub const fn never() -> Self {
        Self {
            every_call: false,
            revokes_old: false,
        }
    }

    /// Replaces the token on every call of a session: all calls except tokenByAkSk and applyToken.
    pub const fn every_call() -> Self {
        Self {
            every_call: true,
            revokes_old: false,
        }
    }

    /// Revokes a token when it is replaced. By default it stays valid until it expires, so that
    /// concurrent uploads with the same token succeed.
    pub const fn revoke_old(mut self) -> Self {
        self.revokes_old = true;
        self
    }
}

/// The customer to whom a `ccmessaging-token` belongs, as in the call of applyToken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Customer {
    pub(crate) user_id: String,
    pub(crate) user_name: String,
    pub(crate) channel_id: String,
}

/// Issued tokens of one kind, each with its expiry and its owner.
pub(crate) struct Tokens<Owner>(Mutex<HashMap<String, (SystemTime, Owner)>>);

impl<Owner> Default for Tokens<Owner> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Owner: Clone> Tokens<Owner> {
    /// Issues a random token of 64 hexadecimal digits that expires at `expiry`.
    pub(crate) fn issue(&self, expiry: SystemTime, owner: Owner) -> String {
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.accept(token.clone(), expiry, owner);
        token
    }

    /// Accepts `token` until `expiry`.
    pub(crate) fn accept(&self, token: String, expiry: SystemTime, owner: Owner) {
        self.0.lock().insert(token, (expiry, owner));
    }

    /// Returns the owner of a valid token.
    pub(crate) fn owner(&self, token: &str, now: SystemTime) -> Option<Owner> {
        let tokens = self.0.lock();
        let (expiry, owner) = tokens.get(token)?;
        (now < *expiry).then(|| owner.clone())
    }

    pub(crate) fn revoke_all(&self) {
        self.0.lock().clear();
    }

    /// Returns the token that replaces the valid `token` of `owner`, or `None` if the policy keeps it.
    pub(crate) fn rotate(
        &self,
        token: &str,
        owner: &Owner,
        policy: RotationPolicy,
        expiry: SystemTime,
    ) -> Option<String> {
        if !policy.every_call {
            return None;
        }
        if policy.revokes_old {
            self.0.lock().remove(token);
        }
        Some(self.issue(expiry, owner.clone()))
    }
}

/// The documented lifetime of a `ccmessaging-token`.
pub(crate) const SESSION_TOKEN_LIFETIME: Duration = Duration::from_secs(3600);
