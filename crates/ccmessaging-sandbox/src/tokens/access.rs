//! `AccessToken`s, issued by tokenByAkSk and presented as `Authorization: Bearer …`.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::Ledger;
use crate::sync::lock;

/// The access tokens that have been issued.
#[derive(Default)]
pub(crate) struct AccessTokens(Mutex<Ledger>);

impl AccessTokens {
    /// Issues a token that is valid from `now` until just before `now + lifetime`.
    pub(crate) fn issue(&self, now: SystemTime, lifetime: Duration) -> String {
        lock(&self.0).issue(now + lifetime, now)
    }

    /// Whether `token` was issued and has not expired.
    pub(crate) fn accept(&self, token: &str, now: SystemTime) -> bool {
        lock(&self.0).dead_from(token).is_some_and(|end| now < end)
    }

    /// Makes every token unknown.
    pub(crate) fn revoke_all(&self) {
        *lock(&self.0) = Ledger::default();
    }
}
