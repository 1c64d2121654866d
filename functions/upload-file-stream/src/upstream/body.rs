//! The body of a call.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf as _;
use http_body::{Body, Frame, SizeHint};

use super::segments::Segments;
use super::streamed::{GivenUp, StreamedBody};

/// The body of a call.
#[derive(Debug)]
pub(crate) enum CallBody {
    /// All of it is there, and is handed to the transport at once.
    Whole(Segments),
    /// It is still being made.
    Streamed(StreamedBody),
}

impl From<Segments> for CallBody {
    fn from(body: Segments) -> Self {
        Self::Whole(body)
    }
}

impl From<StreamedBody> for CallBody {
    fn from(body: StreamedBody) -> Self {
        Self::Streamed(body)
    }
}

impl Body for CallBody {
    type Data = Segments;
    type Error = GivenUp;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Segments>, GivenUp>>> {
        match self.get_mut() {
            Self::Whole(body) if !body.has_remaining() => Poll::Ready(None),
            Self::Whole(body) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(body))))),
            Self::Streamed(body) => Pin::new(body)
                .poll_frame(cx)
                .map_ok(|frame| frame.map_data(Segments::from)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => !body.has_remaining(),
            Self::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => SizeHint::with_exact(body.remaining() as u64),
            Self::Streamed(body) => body.size_hint(),
        }
    }
}
