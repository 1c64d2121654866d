//! The memory that responses hold until they are sent. It is separate from that of request bodies, so that
//! neither slow readers nor slow senders starve the other direction.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::admission::Overloaded;

/// A semaphore grants at most `u32::MAX` permits at once, so a permit is a kilobyte.
const BYTES_PER_PERMIT: usize = 1024;

/// Limits the memory of all responses of a kind.
#[derive(Debug)]
pub(super) struct ResponseMemory(Arc<Semaphore>);

/// The memory of one response, which is released on drop.
#[derive(Debug)]
pub(super) struct ReservedMemory(Mutex<OwnedSemaphorePermit>);

impl ResponseMemory {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(max_bytes / BYTES_PER_PERMIT)))
    }

    /// Reserves memory for a response of at most `bytes`.
    pub(super) fn reserve(&self, bytes: usize) -> Result<ReservedMemory, Overloaded> {
        let permit = Arc::clone(&self.0).try_acquire_many_owned(permits(bytes));
        let permit = permit.map_err(|_| Overloaded)?;
        Ok(ReservedMemory(Mutex::new(permit)))
    }
}

impl ReservedMemory {
    /// Extends the reservation to `bytes` if it is smaller.
    pub(super) fn extend_to(&self, bytes: usize) -> Result<(), Overloaded> {
        // A permit is complete after each change, so a panic elsewhere cannot corrupt it.
        let mut permit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = u32::try_from(permit.num_permits()).unwrap_or(u32::MAX);
        let needed = permits(bytes);
        if needed > held {
            let semaphore = Arc::clone(permit.semaphore());
            let more = semaphore.try_acquire_many_owned(needed - held);
            permit.merge(more.map_err(|_| Overloaded)?);
        }
        Ok(())
    }

    /// Returns the same bytes, which keep their part of the reservation until the last reference to them is
    /// dropped.
    ///
    /// The server drops a response's body as soon as it has queued the last frame. The bytes themselves
    /// stay in its queue until the client has received them.
    pub(super) fn attach(self, bytes: Bytes) -> Bytes {
        let mut permit = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let needed = bytes.len().div_ceil(BYTES_PER_PERMIT);
        let excess = permit.num_permits().saturating_sub(needed);
        drop(permit.split(excess));
        Bytes::from_owner(CountedBytes {
            bytes,
            _permit: permit,
        })
    }
}

fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(BYTES_PER_PERMIT)).unwrap_or(u32::MAX)
}

struct CountedBytes {
    bytes: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_counted_until_its_last_bytes_are_dropped() {
        let memory = ResponseMemory::new(10 * 1024);
        let response = memory.reserve(8 * 1024).expect("memory");
        assert!(memory.reserve(3 * 1024).is_err());
        response.extend_to(10 * 1024).expect("the rest");
        assert_eq!(response.extend_to(10 * 1024 + 1), Err(Overloaded));
        let mut bytes = response.attach(Bytes::from(vec![0; 3 * 1024]));
        let other = memory.reserve(7 * 1024).expect("released memory");
        assert!(memory.reserve(1).is_err());
        drop(other);
        let last = bytes.split_off(1);
        drop(bytes);
        assert!(memory.reserve(8 * 1024).is_err());
        drop(last);
        assert!(memory.reserve(10 * 1024).is_ok());
    }
}
