//! Bodies of responses that count in the body memory until they are sent.

use bytes::Bytes;

use crate::admission::Reservation;

/// Returns the same bytes, which keep the reservation until the last reference to them is dropped.
///
/// The server drops a response's body as soon as it has queued the last frame. The bytes themselves stay
/// in its queue until the client has read them.
pub(super) fn counted(bytes: Bytes, memory: Reservation) -> Bytes {
    Bytes::from_owner(CountedBytes {
        bytes,
        _memory: memory,
    })
}

struct CountedBytes {
    bytes: Bytes,
    _memory: Reservation,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
