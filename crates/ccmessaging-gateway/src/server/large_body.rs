//! Responses that may be larger than the kernel's send buffer, or are streamed.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::limit::Busy;

/// Responses of at most this size fit into the send buffer, so they count as sent when they are ready.
const SMALL_BYTES: u64 = 64 * 1024;

/// A response's body that keeps its connection busy until all of it was handed to the kernel. Otherwise, a
/// new connection could replace this one in the middle of the response.
struct LargeBody {
    body: Body,
    sending: Arc<Sending>,
}

/// Exists while any part of a response is unsent. Closes the connection after the timeout, because
/// a client that reads slowly would keep the response in memory.
struct Sending {
    timeout: AbortHandle,
    _busy: Busy,
}

/// A part of a response. hyper drops the body once the last part is in its queue, but the part itself only
/// once it was written.
struct Part {
    bytes: Bytes,
    _sending: Arc<Sending>,
}

/// Returns a body that keeps its connection busy until it was sent, which may take as long as `timeout`.
pub(super) fn until_sent(body: Body, busy: Busy, timeout: Duration) -> Body {
    // A streamed body has no upper bound.
    let max_bytes = body.size_hint().upper();
    if max_bytes.is_some_and(|bytes| bytes <= SMALL_BYTES) {
        return body;
    }
    let close = busy.close_handle();
    let timeout = tokio::spawn(async move {
        sleep(timeout).await;
        close.notify_one();
    });
    let sending = Arc::new(Sending {
        timeout: timeout.abort_handle(),
        _busy: busy,
    });
    Body::new(LargeBody { body, sending })
}

impl http_body::Body for LargeBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let part = |bytes| Part {
            bytes,
            _sending: Arc::clone(&self.sending),
        };
        polled.map_ok(|frame| frame.map_data(|bytes| Bytes::from_owner(part(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.timeout.abort();
    }
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
