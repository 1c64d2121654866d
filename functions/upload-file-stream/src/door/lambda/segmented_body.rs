//! An HTTP body made of segments that are never joined.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Segments one after the other, of an exact length in all.
#[derive(Debug, Default)]
pub(super) struct SegmentedBody {
    segments: VecDeque<Bytes>,
}

impl SegmentedBody {
    pub(super) fn new(segments: impl IntoIterator<Item = Bytes>) -> Self {
        Self {
            segments: segments.into_iter().collect(),
        }
    }
}

impl Body for SegmentedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.segments.pop_front().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.segments.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.segments.iter().map(|data| data.len() as u64).sum())
    }
}
