//! Request bodies: one that is there whole, and one that is still being made while it is sent.
//!
//! Both know whether their last byte was handed to the socket: a success that is reported before
//! that is not believed.

use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::buf::Chain;
use bytes::{Buf, Bytes};
use ccmessaging_core::{Payload, StreamedUpload, UploadError};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// How many segments wait between the two ends of a streamed body: one, so that the file is read no
/// faster than the upstream takes it.
const WAITING_SEGMENTS: usize = 1;

/// The body of a call.
#[derive(Debug)]
pub(crate) enum RequestBody {
    /// All of it is there. One frame, so that it goes out in as few system calls as possible.
    Whole(Option<Segments>),
    /// It is still being made.
    Streamed(StreamedBody),
}

/// What of a body was handed to the socket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    is_complete: Arc<AtomicBool>,
    /// Whose caller wants to know how much of it was.
    bytes: Option<Arc<AtomicU64>>,
}

impl Written {
    fn counting(bytes: Option<Arc<AtomicU64>>) -> Self {
        if let Some(bytes) = &bytes {
            bytes.store(0, Ordering::Relaxed);
        }
        Self {
            bytes,
            ..Self::default()
        }
    }

    /// Whether the last byte was.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete.load(Ordering::Acquire)
    }

    fn add(&self, count: usize, is_last: bool) {
        if let Some(bytes) = &self.bytes {
            bytes.fetch_add(count as u64, Ordering::Relaxed);
        }
        if is_last {
            self.is_complete.store(true, Ordering::Release);
        }
    }
}

/// Up to three pieces of a body, written one after the other. The transport advances it by what the
/// socket took.
#[derive(Debug)]
pub(crate) struct Segments {
    bytes: Chain<Bytes, Chain<Bytes, Bytes>>,
    /// For the last of a body.
    written: Option<Written>,
}

impl Segments {
    fn new([first, second, third]: [Bytes; 3], written: Option<Written>) -> Self {
        Self {
            bytes: first.chain(second.chain(third)),
            written,
        }
    }

    fn one(bytes: Bytes, written: Option<Written>) -> Self {
        Self::new([bytes, Bytes::new(), Bytes::new()], written)
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
        if let Some(written) = &self.written {
            written.add(count, !self.bytes.has_remaining());
        }
    }
}

impl RequestBody {
    pub(crate) fn empty() -> Self {
        Self::Whole(None)
    }

    /// Whether it can be sent once more if its connection turns out to be closed.
    pub(crate) fn is_repeatable(&self) -> bool {
        matches!(self, Self::Whole(_))
    }

    /// An upload. What is written of it is counted in `progress`, from zero.
    pub(crate) fn payload(payload: &Payload, progress: Option<Arc<AtomicU64>>) -> Self {
        let written = Written::counting(progress);
        Self::Whole(Some(Segments::new(payload.segments(), Some(written))))
    }

    /// What is known of the writing of an upload.
    pub(crate) fn written(&self) -> Option<Written> {
        match self {
            Self::Whole(body) => body.as_ref()?.written.clone(),
            Self::Streamed(body) => Some(body.written.clone()),
        }
    }
}

impl From<Bytes> for RequestBody {
    fn from(body: Bytes) -> Self {
        Self::Whole(Some(Segments::one(body, None)))
    }
}

impl Body for RequestBody {
    type Data = Segments;
    type Error = BodyAborted;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Segments>, BodyAborted>>> {
        match self.get_mut() {
            Self::Whole(body) => Poll::Ready(body.take().map(Frame::data).map(Ok)),
            Self::Streamed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_none(),
            Self::Streamed(body) => body.is_ended,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => {
                SizeHint::with_exact(body.as_ref().map_or(0, |body| body.remaining() as u64))
            }
            Self::Streamed(body) => body.size_hint(),
        }
    }
}

/// The body of an upload whose file is still arriving; [`BodySender`] fills it.
///
/// Whatever ends it before its last segment is an error, so that the transport closes the connection
/// instead of ending the request: an aborted upload is never complete, neither by its
/// `Content-Length` nor by its last chunk (RFC 9112 section 8).
#[derive(Debug)]
pub struct StreamedBody {
    segments: mpsc::Receiver<Segment>,
    /// What is left of the declared length, if there is one.
    left: Option<u64>,
    is_ended: bool,
    written: Written,
}

#[derive(Debug)]
enum Segment {
    More(Bytes),
    Last(Bytes),
}

/// The sender was dropped before the body's end.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the upload was aborted")]
pub(crate) struct BodyAborted;

impl StreamedBody {
    /// The body of an upload, and its sender. With the file's size the request has a
    /// `Content-Length`, else it is sent in chunks.
    ///
    /// # Errors
    ///
    /// A file of this size is over its limit.
    pub fn new(
        upload: StreamedUpload,
        file_bytes: Option<usize>,
    ) -> Result<(BodySender, Self), UploadError> {
        let length = file_bytes.map(|bytes| upload.body_len(bytes)).transpose()?;
        let (sender, segments) = mpsc::channel(WAITING_SEGMENTS);
        let sender = BodySender {
            upload,
            segments: sender,
        };
        let body = Self {
            segments,
            left: length.map(|length| length as u64),
            is_ended: false,
            written: Written::default(),
        };
        Ok((sender, body))
    }

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Segments>, BodyAborted>>> {
        if self.is_ended {
            return Poll::Ready(None);
        }
        let (data, written) = match ready!(self.segments.poll_recv(cx)) {
            Some(Segment::More(data)) => (data, None),
            Some(Segment::Last(data)) => {
                self.is_ended = true;
                (data, Some(self.written.clone()))
            }
            None => return Poll::Ready(Some(Err(BodyAborted))),
        };
        self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
        Poll::Ready(Some(Ok(Frame::data(Segments::one(data, written)))))
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Fills a [`StreamedBody`] with a proven file. Only [`finish`](Self::finish) completes the request;
/// dropping the sender before aborts it.
#[derive(Debug)]
pub struct BodySender {
    upload: StreamedUpload,
    segments: mpsc::Sender<Segment>,
}

impl BodySender {
    /// Takes the next bytes of the file; [`flush`](Self::flush) sends them.
    ///
    /// # Errors
    ///
    /// The file is over its limit now.
    pub fn push(&mut self, piece: Bytes) -> Result<(), UploadError> {
        self.upload.push(piece)
    }

    /// Hands over what was pushed, as fast as the upstream takes it. If the transport has given the
    /// request up, this waits for ever: the call that sends the body ends with the reason.
    pub async fn flush(&mut self) {
        while let Some(segment) = self.upload.next_segment() {
            send(&self.segments, Segment::More(segment)).await;
        }
    }

    /// Replaces the spelling of the file's type by one that stood behind the file in the request.
    ///
    /// # Errors
    ///
    /// It is no documented spelling, or one of another type.
    pub fn set_spelling(mut self, spelling: String) -> Result<Self, UploadError> {
        self.upload = self.upload.with_spelling(spelling)?;
        Ok(self)
    }

    /// Checks a channel that stood behind the file in the request.
    ///
    /// # Errors
    ///
    /// It is not `WEB`.
    pub fn set_channel(mut self, channel: &str) -> Result<Self, UploadError> {
        self.upload = self.upload.with_channel(channel)?;
        Ok(self)
    }

    /// Hands over the last segment, which completes the request; returns the file's size in bytes.
    pub async fn finish(self) -> usize {
        let decoded_bytes = self.upload.decoded_bytes();
        send(&self.segments, Segment::Last(self.upload.finish())).await;
        decoded_bytes
    }
}

async fn send(segments: &mpsc::Sender<Segment>, segment: Segment) {
    if segments.send(segment).await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use ccmessaging_core::{FileHead, FileType, Policy};
    use http_body_util::BodyExt as _;

    use super::*;

    const PNG: &[u8] =
        b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE";

    fn begun(file_bytes: Option<usize>) -> (BodySender, RequestBody) {
        let head = FileHead::new(PNG, FileType::Png);
        let upload = head.prove(&Policy::default()).expect("a PNG");
        let (sender, body) = StreamedBody::new(upload, file_bytes).expect("within the limit");
        (sender, RequestBody::Streamed(body))
    }

    #[tokio::test]
    async fn an_aborted_body_ends_in_an_error() {
        for file_bytes in [None, Some(PNG.len())] {
            let (mut sender, body) = begun(file_bytes);
            sender.flush().await;
            drop(sender);
            let mut body = pin!(body);
            assert!(matches!(body.frame().await, Some(Ok(_))));
            assert!(!body.is_end_stream());
            assert!(matches!(body.frame().await, Some(Err(BodyAborted))));
        }
    }

    #[tokio::test]
    async fn a_finished_body_has_the_length_that_it_declared() {
        let (mut sender, body) = begun(Some(PNG.len()));
        let declared = body.size_hint().exact();
        let sending = async {
            sender.flush().await;
            sender.finish().await
        };
        let (sent, collected) = tokio::join!(sending, body.collect());
        assert_eq!(sent, PNG.len());
        let body = collected.expect("a whole body").to_bytes();
        assert_eq!(declared, Some(body.len() as u64));
        assert!(body.ends_with(br#"","fileType":"png","channel":"WEB"}"#));
    }

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
