//! Keeps the token in use, for all uploads to share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::held_token::HeldToken;
use crate::telemetry::TokenFetches;
use crate::upstream::AccessToken;

/// A refused token is replaced at most this often. A wrong session token is refused with the same
/// status as a wrong access token, so a caller must not be able to cause a renewal per request.
const REPLACE_INTERVAL: Duration = Duration::from_secs(10);

/// The token in use, if there is one, and how often the service was asked for it.
///
/// Every call is short and waits for nothing.
#[derive(Debug, Default)]
pub(super) struct Keeper(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    token: Option<HeldToken>,
    generation: u64,
    replaced_at: Option<Instant>,
    fetches: TokenFetches,
}

impl Keeper {
    /// The token, unless it has ended.
    pub(super) fn valid(&self, now: Instant) -> Option<HeldToken> {
        self.kept().token.clone().filter(|held| now < held.ends_at)
    }

    /// Takes a new token in place of the one before.
    pub(super) fn keep(&self, token: AccessToken, now: Instant) -> HeldToken {
        let mut kept = self.kept();
        kept.generation += 1;
        kept.fetches.obtained += 1;
        let held = HeldToken::new(token, kept.generation, now);
        kept.token = Some(held.clone());
        held
    }

    /// The service was asked and gave none.
    pub(super) fn note_failure(&self) {
        self.kept().fetches.failed += 1;
    }

    pub(super) fn fetches(&self) -> TokenFetches {
        self.kept().fetches
    }

    /// Notes that the upstream refused the token of this generation; whether there may be a newer
    /// one.
    ///
    /// The token is kept until there is: a wrong session token is refused in the same words, and
    /// then it serves on.
    pub(super) fn refuse(&self, generation: u64, now: Instant) -> bool {
        let mut kept = self.kept();
        let recently = kept
            .replaced_at
            .is_some_and(|at| now.saturating_duration_since(at) < REPLACE_INTERVAL);
        match &mut kept.token {
            Some(held) if held.generation == generation && !held.is_refused => {
                held.is_refused = !recently;
                if !recently {
                    kept.replaced_at = Some(now);
                }
                !recently
            }
            // Replaced already, or being replaced.
            _ => true,
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
