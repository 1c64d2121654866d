//! A token in use: when it is due for renewal, and when it ends.

use std::time::{Duration, Instant};

use crate::Secret;
use crate::upstream::AccessToken;

/// A token is renewed this long before its end, or earlier by as much again: the difference is
/// drawn by chance, so that many instances do not renew in step.
const LONGEST_MARGIN: Duration = Duration::from_secs(60);

/// Of a short lifetime the margin takes this part.
const MARGIN_PART: u32 = 5;

/// An access token that was obtained.
#[derive(Clone, Debug)]
pub(super) struct HeldToken {
    pub(super) token: Secret,
    /// Counts the tokens of this process.
    pub(super) generation: u64,
    renew_at: Instant,
    pub(super) ends_at: Instant,
    /// The upstream refused it, for its own sake or for the session token's.
    pub(super) is_refused: bool,
}

impl HeldToken {
    /// A token whose lifetime begins now.
    pub(super) fn new(
        AccessToken { token, lifetime }: AccessToken,
        generation: u64,
        now: Instant,
    ) -> Self {
        let margin = LONGEST_MARGIN.min(lifetime / MARGIN_PART);
        let early = margin.mul_f64(1.0 + fastrand::f64());
        Self {
            token,
            generation,
            renew_at: now + lifetime.saturating_sub(early),
            ends_at: now + lifetime,
            is_refused: false,
        }
    }

    /// Whether a newer one should be obtained, although this one may be valid yet.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.is_refused || self.renew_at <= now
    }
}
