//! Everything that a running sandbox's connections share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use crate::answer::Spelling;
use crate::call::Call;
use crate::clock::Clock;
use crate::exchange::Observer;
use crate::faults::Faults;
use crate::limits::SizeLimits;
use crate::storage::Store;
use crate::tokens::{AccessTokens, SessionTokens};

/// The simulated upstream: its settings and its memory.
pub(crate) struct Upstream {
    pub(crate) settings: Settings,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) session_tokens: SessionTokens,
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) counters: Counters,
}

/// What the builder decided, checked.
pub(crate) struct Settings {
    pub(crate) app_key: String,
    pub(crate) app_secret: String,
    /// Whole seconds, from 1 to 3600.
    pub(crate) access_token_lifetime: Duration,
    pub(crate) limits: SizeLimits,
    pub(crate) max_body_bytes: usize,
    pub(crate) spelling: Spelling,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) observer: Option<Observer>,
}

impl Upstream {
    pub(crate) fn now(&self) -> SystemTime {
        self.settings.clock.now()
    }
}

impl fmt::Debug for Upstream {
    /// Names nothing but the app key, which is no secret: everything else is tokens and files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("app_key", &self.settings.app_key)
            .finish_non_exhaustive()
    }
}

/// How many requests have come in.
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
