//! Receives a request's body within its limits of size and time.

use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use ccmessaging_client::Deadline;
use ccmessaging_core::ReceivedBody;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::error::{BodyError, Lateness};
use crate::admission::{Admitted, NoRoom, behind};
use crate::config::RequestConfig;

/// A frame of at least this size that is the whole body is not copied, if nobody else holds its memory.
/// A smaller one always is, so that it does not keep the connection's read buffer alive.
const KEPT_FRAME_BYTES: usize = 64 * 1024;

/// Memory for the whole body is allocated once this much of it has been received, so that a declared
/// length alone allocates none.
const FIRST_BYTES: usize = 64 * 1024;

/// A body that is read frame by frame. The server drains what is left unread.
#[derive(Debug)]
pub(crate) struct BodyReader<'a> {
    body: Body,
    admitted: &'a Admitted,
    config: &'a RequestConfig,
    platform_deadline: Option<Deadline>,
    started: Instant,
    received: usize,
    /// How far it is behind an ordinary pace.
    behind: Duration,
}

impl<'a> BodyReader<'a> {
    /// A body that is read before the platform's deadline, if there is one.
    pub(crate) fn new(
        body: Body,
        admitted: &'a Admitted,
        config: &'a RequestConfig,
        platform_deadline: Option<Deadline>,
    ) -> Self {
        Self {
            body,
            admitted,
            config,
            platform_deadline,
            started: Instant::now(),
            received: 0,
            behind: Duration::ZERO,
        }
    }

    /// Receives the whole body in one piece. Its memory is allocated by its declared length, at most
    /// the limit, and counted as it arrives.
    pub(crate) async fn whole(mut self) -> Result<ReceivedBody, BodyError> {
        let declared = self.body.size_hint();
        // Rejects a body by its declared length before any of it is read.
        self.check(usize::try_from(declared.lower()).unwrap_or(usize::MAX))?;
        let declared = declared
            .exact()
            .and_then(|length| usize::try_from(length).ok());
        let most = declared.unwrap_or(self.config.max_body_bytes);
        let mut whole = ReceivedBody::default();
        while let Some(data) = self.next().await? {
            if whole.is_empty() && data.len() >= KEPT_FRAME_BYTES && declared == Some(data.len()) {
                // A body that breaks off is an error even after its last byte.
                while self.next().await?.is_some() {}
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
        }
        Ok(whole)
    }

    /// The next bytes; `None` at the body's end.
    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            let (timeout, lateness) = self.timeout();
            let timeout = Deadline::after(timeout).or_earlier(self.platform_deadline);
            let waiting_since = Instant::now();
            self.admitted.wait(self.behind);
            let frame = timeout.limit(async {
                tokio::select! {
                    biased;
                    () = self.admitted.gives_way() => None,
                    frame = self.body.frame() => Some(frame),
                }
            });
            let frame = frame.await;
            self.admitted.pause()?;
            let Some(frame) = frame.flatten() else {
                return Err(BodyError::Late(if self.is_past_platform_deadline() {
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
            self.behind = behind(self.behind, waiting_since.elapsed(), data.len());
            self.admitted.hold(self.received, self.behind)?;
            if !data.is_empty() {
                return Ok(Some(data));
            }
        }
    }

    /// How long the next frame may take, and which limit it exceeds if it takes longer.
    fn timeout(&self) -> (Duration, Lateness) {
        let elapsed = self.started.elapsed();
        let whole = self.config.receive_timeout.saturating_sub(elapsed);
        let slow = Lateness::Slow {
            least_bytes_per_second: self.config.min_body_bytes_per_second,
        };
        let limits = [
            (whole, Lateness::Whole),
            (self.config.idle_timeout, Lateness::Idle),
            (self.slow(elapsed).unwrap_or(whole), slow),
        ];
        limits.into_iter().min().unwrap_or(limits[0])
    }

    /// How long it takes until the average would fall below the minimum rate if nothing more arrived.
    /// A body of which nothing has arrived is idle, not slow.
    fn slow(&self, elapsed: Duration) -> Option<Duration> {
        if self.received == 0 {
            return None;
        }
        let received = u32::try_from(self.received).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(received.into()) / self.config.min_body_bytes_per_second;
        let allowed = earned.max(self.config.idle_timeout);
        Some(allowed.saturating_sub(elapsed))
    }

    fn is_past_platform_deadline(&self) -> bool {
        self.platform_deadline
            .is_some_and(|deadline| deadline.remaining().is_zero())
    }

    fn check(&self, more: usize) -> Result<(), BodyError> {
        let limit_bytes = self.config.max_body_bytes;
        match limit_bytes.checked_sub(self.received) {
            Some(room) if more <= room => Ok(()),
            _ => Err(BodyError::TooLarge { limit_bytes }),
        }
    }
}

impl From<NoRoom> for BodyError {
    fn from(NoRoom: NoRoom) -> Self {
        Self::NoRoom
    }
}
