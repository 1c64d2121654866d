//! Draining: what becomes of a body that the service does not read.

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
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long a refused body is read on in all, and how long nothing may come meanwhile: the values of
/// nginx's `lingering_time` and `lingering_timeout`.
const DRAIN_TIME: Duration = Duration::from_secs(30);
const DRAIN_IDLE_TIME: Duration = Duration::from_secs(5);

/// A request's body which, if it is dropped before its end, is read on in the background and thrown
/// away, for a limited time.
///
/// A connection that is closed with unread bytes is reset, and a client that is still sending then
/// may never see why it was refused (RFC 9112 section 9.6). So the answer goes out at once, the body
/// is still taken in, and only the connection is held for that, no slot of an upload.
#[derive(Debug)]
pub(super) struct DrainedBody<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    /// `None` once it has ended or is being drained.
    body: Option<B>,
    /// The client waits to be asked for the body (RFC 9110 section 10.1.1), and has not been.
    withheld: Arc<AtomicBool>,
}

impl<B> DrainedBody<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    pub(super) fn new(head: &Parts, body: B) -> Self {
        let waits = |expectation: &HeaderValue| {
            expectation.as_bytes().eq_ignore_ascii_case(b"100-continue")
        };
        Self {
            body: Some(body),
            withheld: Arc::new(AtomicBool::new(
                head.headers.get_all(EXPECT).iter().any(waits),
            )),
        }
    }

    /// Set as long as the client waits to be asked for the body.
    pub(super) fn withheld(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.withheld)
    }
}

impl<B> Body for DrainedBody<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        // Asking for the body is what makes hyper send `100 Continue`.
        self.withheld.store(false, Ordering::Relaxed);
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

impl<B> Drop for DrainedBody<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        let is_withheld = self.withheld.load(Ordering::Relaxed);
        if let (Some(body), false, Ok(runtime)) = (rest, is_withheld, Handle::try_current()) {
            runtime.spawn(drain(body));
        }
    }
}

/// Reads to the end, or until the time is up.
async fn drain<B>(mut body: B)
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    let everything =
        async { while let Ok(Some(Ok(_))) = timeout(DRAIN_IDLE_TIME, body.frame()).await {} };
    // Either way nobody waits for what is left.
    let _ = timeout(DRAIN_TIME, everything).await;
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use http_body_util::StreamBody;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// A body without an end, of which a byte comes this often.
    fn endless(pause: Duration) -> impl Body<Data = Bytes, Error = Infallible> + Send + Unpin {
        let next = move |()| async move {
            sleep(pause).await;
            Some((Ok(Frame::data(Bytes::from_static(b"."))), ()))
        };
        StreamBody::new(Box::pin(stream::unfold((), next)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_body_is_read_for_30_seconds_at_most_and_5_without_a_byte() {
        for (pause, seconds) in [(4, 30), (6, 5)] {
            let begun = Instant::now();
            drain(endless(Duration::from_secs(pause))).await;
            assert_eq!(begun.elapsed(), Duration::from_secs(seconds));
        }
    }
}
