//! A body that is read piece by piece.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::pace::Pace;
use crate::config::RequestConfig;
use crate::{Deadline, Refusal};

/// The longest piece of [`BodyReader::stream`].
const STREAMED_PIECE_BYTES: usize = 8 * 1024;

/// A body within its limits of size and time.
///
/// What is left unread is the door's business.
#[derive(Debug)]
pub(in crate::service) struct BodyReader {
    body: Body,
    pace: Pace,
    max_bytes: usize,
    received: usize,
    /// What was received and not handed out yet.
    waiting: Bytes,
}

impl BodyReader {
    /// A body that is read before the platform's deadline, if there is one.
    pub(in crate::service) fn new(
        body: Body,
        config: &RequestConfig,
        cut_off: Option<Deadline>,
    ) -> Self {
        Self {
            body,
            pace: Pace::start(config, cut_off),
            max_bytes: usize::MAX,
            received: 0,
            waiting: Bytes::new(),
        }
    }

    /// How long the whole body is, if its sender has said so.
    pub(in crate::service) fn declared_bytes(&self) -> Option<usize> {
        let length = self.body.size_hint().exact()?;
        Some(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Sets or lowers the limit. A body that is over it is refused, be it for what has come of it or
    /// for its declared length; from then on, what really comes is counted all the same.
    pub(in crate::service) fn limit(&mut self, max_bytes: usize) -> Result<(), Refusal> {
        self.max_bytes = self.max_bytes.min(max_bytes);
        let rest = usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX);
        self.check(rest)
    }

    /// The next bytes; `None` at the body's end.
    pub(in crate::service) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        if !self.waiting.is_empty() {
            return Ok(Some(std::mem::take(&mut self.waiting)));
        }
        while let Some(frame) = self.pace.limit(self.body.frame()).await? {
            let frame = frame.map_err(|_| Refusal::BodyBrokenOff)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            self.check(data.len())?;
            self.received += data.len();
            self.pace.arrived(data.len());
            if !data.is_empty() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The first `count` bytes, or fewer if the body ends before.
    pub(in crate::service) async fn head(&mut self, count: usize) -> Result<Bytes, Refusal> {
        let mut head = BytesMut::with_capacity(count);
        while head.len() < count
            && let Some(mut piece) = self.next().await?
        {
            let fits = piece.split_to(piece.len().min(count - head.len()));
            head.extend_from_slice(&fits);
            self.waiting = piece;
        }
        Ok(head.freeze())
    }

    /// The whole body, which begins with `head`.
    pub(in crate::service) async fn whole(&mut self, head: Bytes) -> Result<Bytes, Refusal> {
        let declared = self.declared_bytes().unwrap_or(0).min(self.max_bytes);
        let mut whole = BytesMut::with_capacity(declared.max(head.len()));
        whole.extend_from_slice(&head);
        while let Some(data) = self.next().await? {
            whole.extend_from_slice(&data);
        }
        Ok(whole.freeze())
    }

    /// Reads to the end and throws it away: a body that breaks off is an error even there.
    pub(in crate::service) async fn finish(&mut self) -> Result<(), Refusal> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// The body in small pieces, one at each poll: a parser that reads for as long as there is
    /// something to read would otherwise take in all that a fast client sends.
    pub(in crate::service) fn stream(
        &mut self,
    ) -> impl Stream<Item = Result<Bytes, Refusal>> + Send + '_ {
        stream::try_unfold(self, async |reader| {
            tokio::task::yield_now().await;
            let Some(mut piece) = reader.next().await? else {
                return Ok(None);
            };
            let first = piece.split_to(piece.len().min(STREAMED_PIECE_BYTES));
            reader.waiting = piece;
            Ok(Some((first, reader)))
        })
    }

    fn check(&self, more: usize) -> Result<(), Refusal> {
        match self.max_bytes.checked_sub(self.received) {
            Some(room) if more <= room => Ok(()),
            _ => Err(Refusal::BodyTooLarge {
                limit_bytes: self.max_bytes,
            }),
        }
    }
}
