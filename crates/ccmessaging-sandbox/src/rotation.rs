//! When the upstream replaces a `ccmessaging-token` during a session.

use std::time::Duration;

/// When an accepted `ccmessaging-token` is replaced through the response header of the same name,
/// and what becomes of the old one.
///
/// The documentation says only that an expired token is replaced during a session and that the
/// caller must use the new one from then on; how long an expired token is still good for a
/// replacement is not published, so it is a setting.
///
/// ```
/// use std::time::Duration;
/// use ccmessaging_sandbox::RotationPolicy;
///
/// let strict = RotationPolicy::every_call().refusing_the_old_token();
/// let documented = RotationPolicy::around_expiry(Duration::ZERO, Duration::from_secs(600));
/// assert_ne!(strict, documented);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationPolicy {
    pub(crate) when: When,
    pub(crate) refuse_old: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Never,
    EveryCall,
    AroundExpiry { before: Duration, after: Duration },
}

impl RotationPolicy {
    /// Tokens are never replaced: an expired one is refused with 401.
    #[must_use]
    pub const fn never() -> Self {
        Self::of(When::Never)
    }

    /// Every upload or download with a valid token hands out a new one.
    #[must_use]
    pub const fn every_call() -> Self {
        Self::of(When::EveryCall)
    }

    /// A token is replaced when it is used less than `before` ahead of its end, or no more than
    /// `after` past it; the call itself succeeds. A token that expired longer ago is refused with 401.
    #[must_use]
    pub const fn around_expiry(before: Duration, after: Duration) -> Self {
        Self::of(When::AroundExpiry { before, after })
    }

    /// Makes a replaced token invalid at once. Without this it stays valid until it expires, as a
    /// caller with several uploads under way needs.
    #[must_use]
    pub const fn refusing_the_old_token(mut self) -> Self {
        self.refuse_old = true;
        self
    }

    const fn of(when: When) -> Self {
        Self {
            when,
            refuse_old: false,
        }
    }

    /// How long after its end a token is still accepted, in order to be replaced.
    pub(crate) const fn grace(&self) -> Duration {
        match self.when {
            When::AroundExpiry { after, .. } => after,
            When::Never | When::EveryCall => Duration::ZERO,
        }
    }
}

impl Default for RotationPolicy {
    /// [`RotationPolicy::never`].
    fn default() -> Self {
        Self::never()
    }
}
