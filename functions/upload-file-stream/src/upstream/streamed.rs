//! A request body that is still being made while it is sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use ccmessaging_core::{StreamedUpload, UploadError};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// How many segments wait between the two ends: one, so that the client is read no faster than the
/// upstream takes.
const WAITING_SEGMENTS: usize = 1;

/// The end that is sent: segments as they come, up to the one that is marked as the last.
///
/// Whatever else ends it is an error, so that the transport closes the connection instead of ending
/// the request: one that was given up is never complete, neither by its `Content-Length` nor by its
/// last chunk (RFC 9112 section 8).
#[derive(Debug)]
pub(crate) struct StreamedBody {
    segments: mpsc::Receiver<Segment>,
    /// What is left of the declared length, if there is one.
    left: Option<u64>,
    is_ended: bool,
}

/// The end that is fed: with a proven file, from which alone it makes segments.
#[derive(Debug)]
pub(crate) struct SegmentSender {
    upload: StreamedUpload,
    segments: mpsc::Sender<Segment>,
}

#[derive(Debug)]
enum Segment {
    More(Bytes),
    Last(Bytes),
}

/// The body was given up before its end.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the upload was given up")]
pub(crate) struct GivenUp;

impl StreamedBody {
    /// The body for a file of this size; or of unknown size, so that it is sent in chunks.
    pub(crate) fn new(
        upload: StreamedUpload,
        file_bytes: Option<usize>,
    ) -> Result<(SegmentSender, Self), UploadError> {
        let length = file_bytes.map(|bytes| upload.body_len(bytes)).transpose()?;
        let (sender, segments) = mpsc::channel(WAITING_SEGMENTS);
        let sender = SegmentSender {
            upload,
            segments: sender,
        };
        let body = Self {
            segments,
            left: length.map(|length| length as u64),
            is_ended: false,
        };
        Ok((sender, body))
    }
}

impl SegmentSender {
    /// Takes the next bytes of the file.
    pub(crate) fn push(&mut self, piece: Bytes) -> Result<(), UploadError> {
        self.upload.push(piece)
    }

    /// Hands over the next segment, as soon as there is room; `false` if there is none before more
    /// of the file comes. If the transport has given the request up, this waits for ever: the
    /// answer or the error that tells why is on its way.
    pub(crate) async fn send_next(&mut self) -> bool {
        let Some(segment) = self.upload.next_segment() else {
            return false;
        };
        send(&self.segments, Segment::More(segment)).await;
        true
    }

    /// Takes what was said behind the file.
    pub(crate) fn close(
        self,
        file_type: Option<String>,
        channel: Option<&str>,
    ) -> Result<Self, UploadError> {
        let mut upload = self.upload;
        if let Some(spelling) = file_type {
            upload = upload.with_spelling(spelling)?;
        }
        if let Some(channel) = channel {
            upload = upload.with_channel(channel)?;
        }
        Ok(Self { upload, ..self })
    }

    /// Hands over the last segment, which completes the request; returns the file's size.
    pub(crate) async fn finish(self) -> usize {
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

impl Body for StreamedBody {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        if self.is_ended {
            return Poll::Ready(None);
        }
        let data = match ready!(self.segments.poll_recv(cx)) {
            Some(Segment::More(data)) => data,
            Some(Segment::Last(data)) => {
                self.is_ended = true;
                data
            }
            None => return Poll::Ready(Some(Err(GivenUp))),
        };
        self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_ended
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
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

    fn begun(file_bytes: Option<usize>) -> (SegmentSender, StreamedBody) {
        let head = FileHead::new(PNG, FileType::Png);
        let upload = head.prove(&Policy::default()).expect("a PNG");
        StreamedBody::new(upload, file_bytes).expect("within the limit")
    }

    #[tokio::test]
    async fn a_body_that_is_given_up_ends_in_an_error() {
        for file_bytes in [None, Some(PNG.len())] {
            let (mut sender, body) = begun(file_bytes);
            assert!(sender.send_next().await);
            drop(sender);
            let mut body = pin!(body);
            assert!(matches!(body.frame().await, Some(Ok(_))));
            assert!(!body.is_end_stream());
            assert!(matches!(body.frame().await, Some(Err(GivenUp))));
        }
    }

    #[tokio::test]
    async fn a_body_that_is_finished_has_the_length_that_it_declared() {
        let (mut sender, body) = begun(Some(PNG.len()));
        let declared = body.size_hint().exact();
        let feeding = async {
            while sender.send_next().await {}
            sender.finish().await
        };
        let (sent, collected) = tokio::join!(feeding, body.collect());
        assert_eq!(sent, PNG.len());
        let body = collected.expect("a whole body").to_bytes();
        assert_eq!(declared, Some(body.len() as u64));
        assert!(body.ends_with(br#"","fileType":"png","channel":"WEB"}"#));
    }
}
