//! Locks of state that all requests share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex of which every change is complete in itself, so that a panic elsewhere while it was
/// locked spoils nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
