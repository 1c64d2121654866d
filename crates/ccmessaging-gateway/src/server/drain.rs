//! Lingering close: reads and discards request bodies that the service does not read.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::EXPECT;
use http::request::Parts;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The longest time to drain a body, and the longest time without a byte of it: nginx's defaults for
/// `lingering_time` and `lingering_timeout`.
const DRAIN_TIME: Duration = Duration::from_secs(30);
const DRAIN_IDLE_TIME: Duration = Duration::from_secs(5);

/// A request body that, when dropped before its end, is drained in the background for a limited time.
///
/// Closing a socket with unread bytes resets the connection. The reset may discard the response in
/// the client's receive buffer, so a client that is still sending never learns why its request was
/// rejected (RFC 9112 section 9.6). The response is therefore sent at once, and the rest of the body
/// is read and discarded. This occupies only the connection, not an upload slot.
#[derive(Debug)]
pub(super) struct DrainedBody {
    /// `None` once it has ended or is being drained.
    body: Option<Incoming>,
    /// The client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    awaiting_continue: Arc<AtomicBool>,
}

impl DrainedBody {
    pub(super) fn new(head: &Parts, body: Incoming) -> Self {
        let is_continue = |expectation: &HeaderValue| {
            expectation.as_bytes().eq_ignore_ascii_case(b"100-continue")
        };
        let awaiting_continue = head.headers.get_all(EXPECT).iter().any(is_continue);
        Self {
            body: Some(body),
            awaiting_continue: Arc::new(AtomicBool::new(awaiting_continue)),
        }
    }

    /// Returns a flag that is set while the client waits for `100 Continue`.
    pub(super) fn awaiting_continue(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.awaiting_continue)
    }
}

impl Body for DrainedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        // hyper sends `100 Continue` when the body is first polled.
        self.awaiting_continue.store(false, Ordering::Relaxed);
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(cx);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for DrainedBody {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        // Polling the body makes hyper send `100 Continue`, which would request the whole body.
        let awaiting_continue = self.awaiting_continue.load(Ordering::Relaxed);
        if let (Some(body), false, Ok(runtime)) = (rest, awaiting_continue, Handle::try_current()) {
            runtime.spawn(drain(body));
        }
    }
}

/// Reads to the end, or until a timeout.
async fn drain(mut body: impl Body<Data = Bytes> + Unpin) {
    let everything =
        async { while let Ok(Some(Ok(_))) = timeout(DRAIN_IDLE_TIME, body.frame()).await {} };
    // The outcome doesn't matter: the response has been sent.
    let _ = timeout(DRAIN_TIME, everything).await;
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use http_body_util::StreamBody;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// An endless body that yields a byte after every pause.
    fn endless(pause: Duration) -> impl Body<Data = Bytes, Error = Infallible> + Send + Unpin {
        let next = move |()| async move {
            sleep(pause).await;
            Some((Ok(Frame::data(Bytes::from_static(b"."))), ()))
        };
        StreamBody::new(Box::pin(stream::unfold((), next)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_rejected_body_is_drained_for_30_seconds_at_most_and_5_without_a_byte() {
        for (pause, seconds) in [(4, 30), (6, 5)] {
            let begun = Instant::now();
            drain(endless(Duration::from_secs(pause))).await;
            assert_eq!(begun.elapsed(), Duration::from_secs(seconds));
        }
    }
}
