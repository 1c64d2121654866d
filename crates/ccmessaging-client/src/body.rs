//! Request bodies, which record whether their last byte was handed to the socket: a success that is
//! reported before that is not trusted.

use std::convert::Infallible;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::buf::Chain;
use bytes::{Buf, Bytes};
use ccmessaging_core::Payload;
use http_body::{Body, Frame, SizeHint};

/// The body of a call. One frame, so that it is written in as few system calls as possible.
#[derive(Debug)]
pub(crate) struct RequestBody(Option<Segments>);

/// Whether the last byte of a body was handed to the socket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written(Arc<AtomicBool>);

impl Written {
    /// Returns whether the last byte was.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Up to three pieces of a body, written one after the other. The transport advances it by the number
/// of bytes that the socket accepted.
#[derive(Debug)]
pub(crate) struct Segments {
    bytes: Chain<Bytes, Chain<Bytes, Bytes>>,
    written: Option<Written>,
}

impl Segments {
    fn new([first, second, third]: [Bytes; 3], written: Option<Written>) -> Self {
        Self {
            bytes: first.chain(second.chain(third)),
            written,
        }
    }
}

impl Buf for Segments {
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

impl RequestBody {
    /// The body of an attempt of an upload.
    pub(crate) fn payload(payload: &Payload) -> Self {
        let written = Some(Written::default());
        Self(Some(Segments::new(payload.segments(), written)))
    }

    /// Returns what records the writing of an upload; `None` for other bodies.
    pub(crate) fn written(&self) -> Option<Written> {
        self.0.as_ref()?.written.clone()
    }
}

impl From<Bytes> for RequestBody {
    fn from(body: Bytes) -> Self {
        let segments = [body, Bytes::new(), Bytes::new()];
        Self(Some(Segments::new(segments, None)))
    }
}

impl Body for RequestBody {
    type Data = Segments;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Segments>, Infallible>>> {
        Poll::Ready(self.get_mut().0.take().map(Frame::data).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |body| body.remaining() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_counts_as_written_with_its_last_byte_only() {
        let written = Written::default();
        let pieces = ["ab", "", "cde"].map(|text| Bytes::from_static(text.as_bytes()));
        let mut body = Segments::new(pieces, Some(written.clone()));
        body.advance(4);
        assert!(!written.is_complete());
        assert_eq!(body.chunk(), b"e");
        body.advance(1);
        assert!(written.is_complete());
    }
}
