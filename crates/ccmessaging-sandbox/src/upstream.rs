//! The state that all connections of a running sandbox share.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use crate::call::{Call, Observer};
use crate::clock::ManualClock;
use crate::faults::ActiveFaults;
use crate::limits::SizeLimits;
use crate::response::ResponseFormat;
use crate::store::Store;
use crate::tokens::{AccessTokens, SessionTokens};

/// The simulated contact centre.
pub(crate) struct Upstream {
    pub(crate) settings: Settings,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) session_tokens: SessionTokens,
    pub(crate) store: Store,
    pub(crate) faults: ActiveFaults,
    pub(crate) counters: Counters,
}

/// The validated settings of the builder.
pub(crate) struct Settings {
    pub(crate) app_key: String,
    pub(crate) app_secret: String,
    /// Whole seconds, from 1 to 3600.
    pub(crate) access_token_lifetime: Duration,
    pub(crate) limits: SizeLimits,
    pub(crate) max_body_bytes: usize,
    pub(crate) response_format: ResponseFormat,
    /// `None` is the system clock.
    pub(crate) clock: Option<ManualClock>,
    pub(crate) observer: Option<Observer>,
}

impl Upstream {
    pub(crate) fn now(&self) -> SystemTime {
        let clock = self.settings.clock.as_ref();
        clock.map_or_else(SystemTime::now, ManualClock::now)
    }
}

impl fmt::Debug for Upstream {
    /// Omits tokens and files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Settings {
    /// Omits the app secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("app_key", &self.app_key)
            .field("access_token_lifetime", &self.access_token_lifetime)
            .field("limits", &self.limits)
            .field("max_body_bytes", &self.max_body_bytes)
            .field("response_format", &self.response_format)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// Counts requests.
#[derive(Default)]
pub(crate) struct Counters {
    calls: [AtomicUsize; Call::ALL.len()],
    requests: AtomicUsize,
}

impl Counters {
    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn count_call(&self, call: Call) {
        self.of(call).fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(crate) fn calls(&self, call: Call) -> usize {
        self.of(call).load(Ordering::SeqCst)
    }

    fn of(&self, call: Call) -> &AtomicUsize {
        let [token, session, upload, download] = &self.calls;
        match call {
            Call::TokenByAkSk => token,
            Call::ApplyToken => session,
            Call::UploadFileStream => upload,
            Call::DownloadFileStream => download,
        }
    }
}
