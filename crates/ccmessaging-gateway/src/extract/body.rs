//! Receives a request's body within its limits of size and time.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use ccmessaging_client::Deadline;
use ccmessaging_core::ReceivedBody;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::error::{BodyError, Lateness};
use crate::admission::{Admitted, NoRoom, behind};
use crate::config::RequestConfig;
use crate::time_budget::TimeBudget;

/// A frame of at least this size that is the whole body is not copied, if nobody else holds its memory.
/// A smaller one always is, so that it does not keep the connection's read buffer.
const KEPT_FRAME_BYTES: usize = 64 * 1024;

/// Memory for the whole body is reserved once this much of it has come, so that a declaration alone takes
/// none.
const FIRST_BYTES: usize = 64 * 1024;

/// A body that is read frame by frame. What is left unread is the server's business.
#[derive(Debug)]
pub(crate) struct BodyReader {
    body: Body,
    admitted: Arc<Admitted>,
    budget: TimeBudget,
    idle_timeout: Duration,
    least_bytes_per_second: u32,
    max_bytes: usize,
    received: usize,
    /// How far it is behind an ordinary pace.
    behind: Duration,
    /// What was received and not handed out yet.
    waiting: Bytes,
}

impl BodyReader {
    /// A body that is read before the platform's deadline, if there is one.
    pub(crate) fn new(
        body: Body,
        admitted: Arc<Admitted>,
        config: &RequestConfig,
        cut_off: Option<Deadline>,
    ) -> Self {
        Self {
            body,
            admitted,
            budget: TimeBudget::new(config.receive_timeout, cut_off),
            idle_timeout: config.idle_timeout,
            least_bytes_per_second: config.min_body_bytes_per_second,
            max_bytes: usize::MAX,
            received: 0,
            behind: Duration::ZERO,
            waiting: Bytes::new(),
        }
    }

    /// How much of the body is still to be handed out, if its sender has said how long it is.
    pub(crate) fn declared_bytes(&self) -> Option<usize> {
        let length = self.body.size_hint().exact()?;
        let to_come = usize::try_from(length).unwrap_or(usize::MAX);
        Some(to_come.saturating_add(self.waiting.len()))
    }

    /// Sets or lowers the limit. A body that is over it is refused, be it for what has come of it or
    /// for its declared length; from then on, what really comes is counted all the same.
    pub(crate) fn limit(&mut self, max_bytes: usize) -> Result<(), BodyError> {
        self.max_bytes = self.max_bytes.min(max_bytes);
        let rest = usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX);
        self.check(rest)
    }

    /// The next bytes; `None` at the body's end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        if !self.waiting.is_empty() {
            return Ok(Some(std::mem::take(&mut self.waiting)));
        }
        loop {
            let (longest, lateness) = self.longest_wait();
            self.admitted.wait(self.behind);
            let spent = self.budget.spent();
            let frame = async {
                tokio::select! {
                    biased;
                    () = self.admitted.gives_way() => None,
                    frame = self.body.frame() => Some(frame),
                }
            };
            let frame = self.budget.wait(longest, frame).await;
            self.admitted.pause()?;
            let Some(frame) = frame.flatten() else {
                return Err(BodyError::Late(if self.budget.is_cut_off() {
                    Lateness::Whole
                } else {
                    lateness
                }));
            };
            let Some(frame) = frame else {
                return Ok(None);
            };
            let frame = frame.map_err(|_| BodyError::BrokenOff)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            self.check(data.len())?;
            self.received += data.len();
            self.behind = behind(
                self.behind,
                self.budget.spent().saturating_sub(spent),
                data.len(),
            );
            self.admitted.hold(self.received, self.behind)?;
            if !data.is_empty() {
                return Ok(Some(data));
            }
        }
    }

    /// The next bytes, at most `most` of them.
    pub(crate) async fn next_up_to(&mut self, most: usize) -> Result<Option<Bytes>, BodyError> {
        let Some(mut piece) = self.next().await? else {
            return Ok(None);
        };
        let first = piece.split_to(piece.len().min(most));
        self.waiting = piece;
        Ok(Some(first))
    }

    /// The first `count` bytes, or fewer if the body ends before.
    pub(crate) async fn head(&mut self, count: usize) -> Result<Bytes, BodyError> {
        let mut head = BytesMut::with_capacity(count);
        while head.len() < count
            && let Some(piece) = self.next_up_to(count - head.len()).await?
        {
            head.extend_from_slice(&piece);
        }
        Ok(head.freeze())
    }

    /// The whole body, which begins with `head`, in one piece. Its memory is reserved by its
    /// declared length, at most the limit, and used as it arrives.
    pub(crate) async fn whole(&mut self, head: Bytes) -> Result<ReceivedBody, BodyError> {
        let declared = self.declared_bytes().map(|rest| head.len() + rest);
        let most = declared.unwrap_or(usize::MAX).min(self.max_bytes);
        let mut whole = ReceivedBody::default();
        let mut piece = if head.is_empty() {
            self.next().await?
        } else {
            Some(head)
        };
        while let Some(data) = piece {
            if whole.is_empty() && data.len() >= KEPT_FRAME_BYTES && declared == Some(data.len()) {
                self.finish().await?;
                return Ok(data.into());
            }
            let needed = whole.len() + data.len();
            let size = if needed > FIRST_BYTES {
                most
            } else {
                most.min(FIRST_BYTES)
            };
            whole.reserve(size.max(needed) - whole.len());
            whole.push(&data);
            piece = self.next().await?;
        }
        Ok(whole)
    }

    /// Reads to the end and throws it away: a body that breaks off is an error even there.
    pub(crate) async fn finish(&mut self) -> Result<(), BodyError> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// How long the next frame may take, and what it is called if it takes longer.
    fn longest_wait(&self) -> (Duration, Lateness) {
        let whole = self.budget.left();
        let slow = Lateness::Slow {
            least_bytes_per_second: self.least_bytes_per_second,
        };
        let limits = [
            (whole, Lateness::Whole),
            (self.idle_timeout, Lateness::Idle),
            (self.slow().unwrap_or(whole), slow),
        ];
        limits.into_iter().min().unwrap_or(limits[0])
    }

    /// How long it takes until the average would fall below the least rate if nothing more came. A
    /// body of which nothing has come is idle, not slow.
    fn slow(&self) -> Option<Duration> {
        if self.received == 0 {
            return None;
        }
        let received = u32::try_from(self.received).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(received.into()) / self.least_bytes_per_second;
        let allowed = earned.max(self.idle_timeout);
        Some(allowed.saturating_sub(self.budget.spent()))
    }

    fn check(&self, more: usize) -> Result<(), BodyError> {
        match self.max_bytes.checked_sub(self.received) {
            Some(room) if more <= room => Ok(()),
            _ => Err(BodyError::TooLarge {
                limit_bytes: self.max_bytes,
            }),
        }
    }
}

impl From<NoRoom> for BodyError {
    fn from(NoRoom: NoRoom) -> Self {
        Self::NoRoom
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::admission::Admission;

    #[tokio::test]
    async fn what_came_together_with_the_head_stays_in_the_body() {
        let vars = [
            ("UPSTREAM_BASE_URL", "https://upstream.example.com"),
            ("APP_KEY", "key"),
            ("APP_SECRET", "secret"),
        ];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_vars(vars).expect("usable settings").request;
        let admission = Arc::new(Admission::new(usize::MAX, 1));
        let file: Vec<u8> = (0..=u8::MAX).cycle().take(3 * KEPT_FRAME_BYTES).collect();
        for head_bytes in [1, KEPT_FRAME_BYTES, file.len()] {
            // All of it is one frame.
            let body = Body::from(file.clone());
            let admitted = Arc::new(admission.admit().expect("room"));
            let mut body = BodyReader::new(body, admitted, &config, None);
            let head = body.head(head_bytes).await.expect("a head");
            let whole = body.whole(head).await.expect("a whole body").into_bytes();
            assert!(whole == file, "{} of {} bytes", whole.len(), file.len());
        }
    }
}
