//! The two kinds of token that the upstream hands out.

mod access;
mod session;

pub(crate) use access::AccessTokens;
pub(crate) use session::{SessionTokens, Verdict};

use std::collections::HashMap;
use std::time::SystemTime;

use uuid::Uuid;

/// Below this many entries, expired tokens are not worth looking for.
const FIRST_SWEEP: usize = 1024;

/// Tokens and the moments from which they are dead, swept now and then so that a sandbox that runs
/// for weeks does not keep every token that it ever issued.
#[derive(Default)]
struct Ledger {
    dead_from: HashMap<String, SystemTime>,
    sweep_at: usize,
}

impl Ledger {
    /// Issues a new token. `forget_before` is the time before whose `dead_from` nothing is asked for again.
    fn issue(&mut self, dead_from: SystemTime, forget_before: SystemTime) -> String {
        let token = random_token();
        self.enter(token.clone(), dead_from, forget_before);
        token
    }

    /// Enters a token as if it had been issued.
    fn enter(&mut self, token: String, dead_from: SystemTime, forget_before: SystemTime) {
        if self.dead_from.len() >= self.sweep_at.max(FIRST_SWEEP) {
            self.dead_from.retain(|_, end| *end >= forget_before);
            self.sweep_at = self.dead_from.len() * 2;
        }
        self.dead_from.insert(token, dead_from);
    }

    fn dead_from(&self, token: &str) -> Option<SystemTime> {
        self.dead_from.get(token).copied()
    }
}

/// 64 hexadecimal digits from the operating system's random source.
fn random_token() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn a_ledger_forgets_tokens_that_are_long_dead() {
        let mut ledger = Ledger::default();
        let mut now = UNIX_EPOCH;
        for _ in 0..10 * FIRST_SWEEP {
            now += Duration::from_secs(1);
            ledger.issue(now + Duration::from_secs(60), now);
        }
        assert!(ledger.dead_from.len() <= FIRST_SWEEP);
    }
}
