//! Access tokens, session tokens and their rotation.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use uuid::Uuid;

/// When a valid `ccmessaging-token` is replaced through the response header of the same name, and
/// whether the old one stays valid.
///
/// The documentation only says that an expired token is replaced during a session and that the
/// caller must use the new one from then on. How long after its expiry a token can still be replaced
/// is not documented, so it is a setting.
///
/// ```
/// use std::time::Duration;
/// use ccmessaging_sandbox::RotationPolicy;
///
/// let strict = RotationPolicy::every_call().revoke_old();
/// let documented = RotationPolicy::around_expiry(Duration::ZERO, Duration::from_secs(600));
/// assert_ne!(strict, documented);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RotationPolicy {
    when: Rotation,
    revokes_old: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rotation {
    Never,
    EveryCall,
    AroundExpiry { before: Duration, after: Duration },
}

impl RotationPolicy {
    /// Never replaces tokens; an expired one is rejected with 401.
    pub const fn never() -> Self {
        Self::new(Rotation::Never)
    }

    /// Replaces the token on every upload and download.
    pub const fn every_call() -> Self {
        Self::new(Rotation::EveryCall)
    }

    /// Replaces a token that is used less than `before` its expiry or at most `after` it. The call
    /// succeeds. A token that expired earlier is rejected with 401.
    pub const fn around_expiry(before: Duration, after: Duration) -> Self {
        Self::new(Rotation::AroundExpiry { before, after })
    }

    /// Revokes a token when it is replaced. By default it stays valid until it expires, so that
    /// concurrent uploads with the same token succeed.
    pub const fn revoke_old(mut self) -> Self {
        self.revokes_old = true;
        self
    }

    const fn new(when: Rotation) -> Self {
        Self {
            when,
            revokes_old: false,
        }
    }

    /// Returns how long after its expiry a token can still be replaced.
    const fn grace(&self) -> Duration {
        match self.when {
            Rotation::AroundExpiry { after, .. } => after,
            Rotation::Never | Rotation::EveryCall => Duration::ZERO,
        }
    }
}

impl Default for RotationPolicy {
    /// Returns [`RotationPolicy::never`].
    fn default() -> Self {
        Self::never()
    }
}

/// `AccessToken`s: issued by tokenByAkSk, sent as `Authorization: Bearer …`.
#[derive(Default)]
pub(crate) struct AccessTokens(Mutex<Ledger>);

impl AccessTokens {
    /// Issues a token that expires at `now + lifetime`.
    pub(crate) fn issue(&self, now: SystemTime, lifetime: Duration) -> String {
        self.0.lock().issue(now + lifetime, now)
    }

    pub(crate) fn is_valid(&self, token: &str, now: SystemTime) -> bool {
        self.0.lock().expiry(token).is_some_and(|end| now < end)
    }

    pub(crate) fn revoke_all(&self) {
        *self.0.lock() = Ledger::default();
    }
}

/// `ccmessaging-token`s: issued by applyToken, replaced during a session.
pub(crate) struct SessionTokens {
    ledger: Mutex<Ledger>,
    lifetime: Duration,
    policy: RotationPolicy,
}

/// The result of validating a session token.
pub(crate) enum Verdict {
    /// Unknown, revoked or expired.
    Rejected,
    /// Valid, and not replaced.
    Accepted,
    /// Valid for this call; the caller has to use the new token from now on.
    Replaced(String),
}

impl SessionTokens {
    pub(crate) fn new(lifetime: Duration, policy: RotationPolicy) -> Self {
        Self {
            ledger: Mutex::default(),
            lifetime,
            policy,
        }
    }

    /// Issues a token that expires after the session lifetime.
    pub(crate) fn issue(&self, now: SystemTime) -> String {
        self.ledger
            .lock()
            .issue(now + self.lifetime, self.forget_before(now))
    }

    /// Accepts `token` as if it had been issued now.
    pub(crate) fn accept(&self, token: String, now: SystemTime) {
        self.ledger
            .lock()
            .insert(token, now + self.lifetime, self.forget_before(now));
    }

    /// Validates `token`, and replaces it if the policy requires that.
    pub(crate) fn present(&self, token: &str, now: SystemTime) -> Verdict {
        let mut ledger = self.ledger.lock();
        let Some(end) = ledger.expiry(token) else {
            return Verdict::Rejected;
        };
        let expired = now >= end;
        let rotate = match self.policy.when {
            Rotation::Never => false,
            Rotation::EveryCall => !expired,
            Rotation::AroundExpiry { before, after } => match now.duration_since(end) {
                Ok(past) => past <= after,
                Err(ahead) => ahead.duration() < before,
            },
        };
        if rotate {
            if self.policy.revokes_old {
                ledger.0.remove(token);
            }
            Verdict::Replaced(ledger.issue(now + self.lifetime, self.forget_before(now)))
        } else if expired {
            Verdict::Rejected
        } else {
            Verdict::Accepted
        }
    }

    pub(crate) fn revoke_all(&self) {
        *self.ledger.lock() = Ledger::default();
    }

    fn forget_before(&self, now: SystemTime) -> SystemTime {
        let earliest = now.checked_sub(self.policy.grace());
        earliest.unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

/// Issued tokens and when each expires.
#[derive(Default)]
struct Ledger(HashMap<String, SystemTime>);

impl Ledger {
    /// Issues a random token of 64 hexadecimal digits. `forget_before`: see [`Ledger::insert`].
    fn issue(&mut self, expiry: SystemTime, forget_before: SystemTime) -> String {
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.insert(token.clone(), expiry, forget_before);
        token
    }

    /// Each time the ledger has doubled, it drops the tokens that expired before `forget_before`, so
    /// that a sandbox that runs for weeks stays small.
    fn insert(&mut self, token: String, expiry: SystemTime, forget_before: SystemTime) {
        if self.0.len().is_power_of_two() {
            self.0.retain(|_, end| *end >= forget_before);
        }
        self.0.insert(token, expiry);
    }

    fn expiry(&self, token: &str) -> Option<SystemTime> {
        self.0.get(token).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn ledger_drops_tokens_that_expired_long_ago() {
        let mut ledger = Ledger::default();
        let mut now = UNIX_EPOCH;
        for _ in 0..10_000 {
            now += Duration::from_secs(1);
            ledger.issue(now + Duration::from_secs(60), now);
        }
        assert!(ledger.0.len() <= 128);
    }
}
