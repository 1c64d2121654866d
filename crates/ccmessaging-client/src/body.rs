//! Request bodies, which record whether their last byte was handed to the socket: a success that is
//! reported before that is not trusted.

use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::buf::Chain;
use bytes::{Buf, Bytes};
use ccmessaging_core::Payload;

/// Whether the last byte of a body was handed to the socket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written(Arc<AtomicBool>);

impl Written {
    /// Returns whether the last byte was.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The body of a call: up to three pieces in one frame, so that it is written in as few system calls as possible. The
/// transport advances it by the number of bytes that the socket accepted.
#[derive(Debug)]
pub(crate) struct RequestBody {
    bytes: Chain<Bytes, Chain<Bytes, Bytes>>,
    written: Option<Written>,
}

impl RequestBody {
    fn new([first, second, third]: [Bytes; 3], written: Option<Written>) -> Self {
        Self {
            bytes: first.chain(second.chain(third)),
            written,
        }
    }

    /// The body of an attempt of an upload.
    pub(crate) fn payload(payload: &Payload) -> Self {
        Self::new(payload.segments(), Some(Written::default()))
    }

    /// Returns what records the writing of an upload; `None` for other bodies.
    pub(crate) fn written(&self) -> Option<Written> {
        self.written.clone()
    }
}

impl Buf for RequestBody {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.bytes.chunks_vectored(slices)
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        if let Some(written) = &self.written
            && !self.bytes.has_remaining()
        {
            written.0.store(true, Ordering::Release);
        }
    }
}

impl From<Bytes> for RequestBody {
    fn from(body: Bytes) -> Self {
        Self::new([body, Bytes::new(), Bytes::new()], None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_counts_as_written_with_its_last_byte_only() {
        let written = Written::default();
        let pieces = ["ab", "", "cde"].map(|text| Bytes::from_static(text.as_bytes()));
        let mut body = RequestBody::new(pieces, Some(written.clone()));
        body.advance(4);
        assert!(!written.is_complete());
        assert_eq!(body.chunk(), b"e");
        body.advance(1);
        assert!(written.is_complete());
    }
}
