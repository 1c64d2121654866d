//! The state that all connections of a running sandbox share.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::call::{Call, Observer};
use crate::chat::Chats;
use crate::clock::ManualClock;
use crate::faults::ActiveFaults;
use crate::store::Store;
use crate::tokens::{Customer, RotationPolicy, SESSION_TOKEN_LIFETIME, Tokens};

/// The simulated contact centre.
pub(crate) struct Upstream {
    pub(crate) settings: Settings,
    pub(crate) access_tokens: Tokens<()>,
    pub(crate) session_tokens: Tokens<Customer>,
    pub(crate) store: Store,
    pub(crate) chats: Chats,
    pub(crate) faults: ActiveFaults,
    pub(crate) counters: Counters,
}

/// The settings of the builder.
pub(crate) struct Settings {
    pub(crate) app_key: String,
    pub(crate) app_secret: String,
    /// At most an hour.
    pub(crate) access_token_lifetime: Duration,
    pub(crate) rotation: RotationPolicy,
    pub(crate) max_file_bytes: usize,
    pub(crate) max_download_bytes: usize,
    /// Whether the ids of a call must be those of its session token.
    pub(crate) binds_ids: bool,
    /// `None` is the system clock.
    pub(crate) clock: Option<ManualClock>,
    pub(crate) observer: Option<Observer>,
}

impl Upstream {
    pub(crate) fn now(&self) -> SystemTime {
        let clock = self.settings.clock.as_ref();
        clock.map_or_else(SystemTime::now, ManualClock::now)
    }

    /// Returns the time in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        let since_epoch = self.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn issue_session_token(&self, customer: Customer) -> String {
        let expiry = self.now() + SESSION_TOKEN_LIFETIME;
        self.session_tokens.issue(expiry, customer)
    }
}

impl Settings {
    /// Returns the size of the largest request body: 16 MiB, or more if the largest file needs it in
    /// Base64. A file that is slightly too large therefore gets code `3` instead of status 413.
    pub(crate) fn max_body_bytes(&self) -> usize {
        self.max_file_bytes.saturating_mul(2).max(16 * 1024 * 1024)
    }
}

impl fmt::Debug for Settings {
    /// Omits the app secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("app_key", &self.app_key)
            .finish_non_exhaustive()
    }
}

/// Counts requests.
#[derive(Default)]
pub(crate) struct Counters {
    /// In the order of [`Call::ALL`].
    calls: [AtomicUsize; Call::ALL.len()],
    requests: AtomicUsize,
}

impl Counters {
    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn count_call(&self, call: Call) {
        self.calls[call as usize].fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(crate) fn calls(&self, call: Call) -> usize {
        self.calls[call as usize].load(Ordering::SeqCst)
    }
}
