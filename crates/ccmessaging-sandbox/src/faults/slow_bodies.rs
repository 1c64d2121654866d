//! Bodies that try a client's patience: one comes in drops, one never seems to end.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

type NextFrame = Poll<Option<Result<Frame<Bytes>, Infallible>>>;

/// A body in small pieces, each after a pause.
pub(super) struct Drip {
    rest: Bytes,
    pause: Duration,
    chunk_bytes: usize,
    /// The pause that has begun, if one has: the first begins when the body is asked for.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Drip {
    pub(super) fn new(body: Bytes, pause: Duration, chunk_bytes: u64) -> Self {
        Self {
            rest: body,
            pause,
            chunk_bytes: usize::try_from(chunk_bytes).unwrap_or(usize::MAX),
            waiting: None,
        }
    }
}

impl Body for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> NextFrame {
        let this = self.get_mut();
        if this.rest.is_empty() {
            return Poll::Ready(None);
        }
        let pause = this.pause;
        let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep(pause)));
        ready!(waiting.as_mut().poll(context));
        this.waiting = None;
        let piece = this.rest.split_to(this.chunk_bytes.min(this.rest.len()));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

const HUGE_START: &[u8] = b"{\"padding\":\"";
const HUGE_END: &[u8] = b"\"}";
/// The middle of a huge body, sent again and again: 64 KiB.
static PADDING: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// A JSON object with one very long text. It has no size hint, so that it goes out in chunks and a
/// client cannot refuse it by its `Content-Length`.
pub(super) struct Huge {
    start: Option<&'static [u8]>,
    padding: u64,
    end: Option<&'static [u8]>,
}

impl Huge {
    pub(super) fn new(bytes: u64) -> Self {
        let frame = (HUGE_START.len() + HUGE_END.len()) as u64;
        Self {
            start: Some(HUGE_START),
            padding: bytes.saturating_sub(frame),
            end: Some(HUGE_END),
        }
    }
}

impl Body for Huge {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> NextFrame {
        let this = self.get_mut();
        let piece = if let Some(start) = this.start.take() {
            start
        } else if this.padding > 0 {
            let wanted = usize::try_from(this.padding).unwrap_or(usize::MAX);
            let piece = PADDING.get(..wanted).unwrap_or(&PADDING);
            this.padding -= piece.len() as u64;
            piece
        } else if let Some(end) = this.end.take() {
            end
        } else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece)))))
    }
}
