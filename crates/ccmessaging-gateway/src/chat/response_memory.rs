//! The memory that responses hold until they are sent. It is separate from that of request bodies, so that
//! neither slow readers nor slow senders starve the other direction.

use std::sync::Arc;

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
pub(super) struct ReservedMemory(OwnedSemaphorePermit);

impl ResponseMemory {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(max_bytes / BYTES_PER_PERMIT)))
    }

    /// Reserves memory for a response of at most `bytes`.
    pub(super) fn reserve(&self, bytes: usize) -> Result<ReservedMemory, Overloaded> {
        let permit = Arc::clone(&self.0).try_acquire_many_owned(permits(bytes));
        permit.map(ReservedMemory).map_err(|_| Overloaded)
    }
}

impl ReservedMemory {
    /// Extends the reservation to `bytes` if it is smaller.
    pub(super) fn extend_to(&mut self, bytes: usize) -> Result<(), Overloaded> {
        let held = u32::try_from(self.0.num_permits()).unwrap_or(u32::MAX);
        let needed = permits(bytes);
        if needed > held {
            let semaphore = Arc::clone(self.0.semaphore());
            let more = semaphore.try_acquire_many_owned(needed - held);
            self.0.merge(more.map_err(|_| Overloaded)?);
        }
        Ok(())
    }

    /// Returns the same bytes, which keep their part of the reservation until the last reference to them is
    /// dropped.
    ///
    /// The server drops a response's body as soon as it has queued the last frame. The bytes themselves
    /// stay in its queue until the client has received them.
    pub(super) fn attach(mut self, bytes: Bytes) -> Bytes {
        let needed = bytes.len().div_ceil(BYTES_PER_PERMIT);
        let excess = self.0.num_permits().saturating_sub(needed);
        drop(self.0.split(excess));
        Bytes::from_owner(CountedBytes {
            bytes,
            _memory: self,
        })
    }
}

fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(BYTES_PER_PERMIT)).unwrap_or(u32::MAX)
}

struct CountedBytes {
    bytes: Bytes,
    _memory: ReservedMemory,
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
        let mut response = memory.reserve(8 * 1024).expect("memory");
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
