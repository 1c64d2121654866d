//! `ccmessaging-token`s, issued by applyToken and replaced during a session.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::Ledger;
use crate::rotation::{RotationPolicy, When};
use crate::sync::lock;

/// The session tokens that have been issued.
pub(crate) struct SessionTokens {
    ledger: Mutex<Ledger>,
    lifetime: Duration,
    policy: RotationPolicy,
}

/// What the upstream makes of a presented session token.
pub(crate) enum Verdict {
    /// Not issued, replaced, or expired for too long.
    Refused,
    /// Good, and stays in use.
    Accepted,
    /// Good for this call; the caller has to use the enclosed token from now on.
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

    /// Issues a token that is valid from `now` until just before `now` plus the session lifetime.
    pub(crate) fn issue(&self, now: SystemTime) -> String {
        self.issue_in(&mut lock(&self.ledger), now)
    }

    /// Makes a given token as valid as an issued one.
    pub(crate) fn accept(&self, token: String, now: SystemTime) {
        let forget_before = now.checked_sub(self.policy.grace()).unwrap_or(now);
        lock(&self.ledger).enter(token, now + self.lifetime, forget_before);
    }

    /// Judges `token` and rotates it if the policy says so.
    pub(crate) fn present(&self, token: &str, now: SystemTime) -> Verdict {
        let mut ledger = lock(&self.ledger);
        let Some(end) = ledger.dead_from(token) else {
            return Verdict::Refused;
        };
        let expired = now >= end;
        let rotate = match self.policy.when {
            When::Never => false,
            When::EveryCall => !expired,
            When::AroundExpiry { before, after } => match now.duration_since(end) {
                Ok(past) => past <= after,
                Err(ahead) => ahead.duration() < before,
            },
        };
        if rotate {
            if self.policy.refuse_old {
                ledger.dead_from.remove(token);
            }
            Verdict::Replaced(self.issue_in(&mut ledger, now))
        } else if expired {
            Verdict::Refused
        } else {
            Verdict::Accepted
        }
    }

    /// Makes every token unknown.
    pub(crate) fn revoke_all(&self) {
        *lock(&self.ledger) = Ledger::default();
    }

    fn issue_in(&self, ledger: &mut Ledger, now: SystemTime) -> String {
        let forget_before = now.checked_sub(self.policy.grace()).unwrap_or(now);
        ledger.issue(now + self.lifetime, forget_before)
    }
}
