//! Counts what a call has done so far.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The number of a call's attempts, readable while it runs and after it was dropped. Clones share it.
///
/// ```
/// let progress = ccmessaging_client::Progress::default();
/// assert_eq!(progress.attempts(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicU32>);

impl Progress {
    /// Returns the number of attempts of all calls that were given this counter.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn begin_attempt(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
