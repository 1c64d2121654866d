//! Locking that survives a panic elsewhere: every guarded value here is valid after each statement.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks `mutex`, whether or not another thread panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
