//! Counts what an upload has done so far.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Counters of an upload, readable while it runs and after it was dropped. Clones share them.
///
/// ```
/// let progress = ccmessaging_client::Progress::default();
/// assert_eq!((progress.attempts(), progress.sent_bytes()), (0, 0));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    attempts: AtomicU32,
    sent_bytes: AtomicU64,
}

impl Progress {
    /// Returns the number of attempts of all uploads that were given these counters.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts.load(Ordering::Relaxed)
    }

    /// Returns how many bytes of the request's body the current attempt has handed to the socket.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        self.0.sent_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn begin_attempt(&self) {
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
        self.0.sent_bytes.store(0, Ordering::Relaxed);
    }

    pub(crate) fn add_sent(&self, bytes: usize) {
        self.0.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
