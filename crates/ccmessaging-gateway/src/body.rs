//! Receives a request's body within its limits of size, time and memory.

use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use ccmessaging_client::Deadline;
use ccmessaging_core::ReceivedBody;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::admission::{Evicted, Reservation};
use crate::config::RequestConfig;

/// A frame of at least this size that is the whole body is not copied if its memory is not shared.
/// Smaller frames are always copied, so that they do not keep the connection's read buffer alive.
const KEPT_FRAME_BYTES: usize = 64 * 1024;

/// Memory for the whole body is allocated once this much of it has been received, so that a declared
/// length alone allocates none.
const FIRST_BYTES: usize = 64 * 1024;

/// A body that was not received as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// It is over the limit.
    #[error("the body has more than {limit_bytes} bytes; send a smaller file")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// It did not arrive in time.
    #[error(transparent)]
    TimedOut(#[from] BodyTimeout),
    /// The memory for bodies is full, and no body is slow.
    #[error("the gateway is overloaded; retry after the time in Retry-After")]
    MemoryFull,
    /// The memory for bodies is full or its connection is needed, and others arrive faster.
    #[error(
        "the gateway is overloaded, and other uploads arrive faster; retry after the time in Retry-After, or over a faster connection"
    )]
    Evicted,
    /// It ended early, or its chunks are malformed (RFC 9112 section 7.1).
    #[error("the body is incomplete, or its chunks are malformed; send it again")]
    Incomplete,
}

/// Which body timeout expired. If two expire together, the variant declared first wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub(crate) enum BodyTimeout {
    /// The whole body did not arrive within `RECEIVE_TIMEOUT_MS`, or before the platform's deadline.
    #[error("the body did not arrive in time; send it again")]
    Total,
    /// Nothing of it arrived for `IDLE_TIMEOUT_MS`.
    #[error("the rest of the body did not arrive in time; send it again, without a pause")]
    Idle,
    /// Less of it than its declared length arrived, and then nothing for `IDLE_TIMEOUT_MS`, or for most of the time.
    #[error(
        "{received} of the {declared} bytes that Content-Length declares arrived, and then nothing more; send the whole body without a pause, or correct Content-Length"
    )]
    Stalled {
        /// How many bytes arrived.
        received: usize,
        /// The declared length.
        declared: usize,
    },
    /// Its average rate fell below the minimum.
    #[error(
        "the body arrived at less than {min_bytes_per_second} bytes a second; send it again over a faster connection"
    )]
    BelowMinRate {
        /// The minimum.
        min_bytes_per_second: u32,
    },
}

impl From<Evicted> for BodyError {
    fn from(evicted: Evicted) -> Self {
        match evicted {
            Evicted::Slowest => Self::Evicted,
            Evicted::Latest => Self::MemoryFull,
        }
    }
}

/// Receives a whole body in one piece, before the platform's deadline if there is one. The memory is
/// allocated by the declared length, and reserved as it is used. The server drains what is left unread.
pub(crate) async fn receive(
    body: Body,
    config: &RequestConfig,
    reservation: &Reservation,
    platform_deadline: Option<Deadline>,
) -> Result<ReceivedBody, BodyError> {
    let mut receiver = Receiver {
        body,
        config,
        reservation,
        platform_deadline,
        started: Instant::now(),
        received: 0,
        declared: None,
    };
    let declared = receiver.body.size_hint();
    // Rejects a body by its declared length before any of it is read.
    receiver.check_size(usize::try_from(declared.lower()).unwrap_or(usize::MAX))?;
    let declared = declared
        .exact()
        .and_then(|bytes| usize::try_from(bytes).ok());
    receiver.declared = declared;
    let capacity = declared.unwrap_or(config.max_body_bytes);
    let mut whole = ReceivedBody::default();
    let mut frame = receiver.next().await?;
    while let Some(data) = frame {
        if whole.is_empty() && data.len() >= KEPT_FRAME_BYTES && declared == Some(data.len()) {
            // A body that breaks off is an error even after its last byte.
            while receiver.next().await?.is_some() {}
            whole = data.into();
            break;
        }
        let needed = whole.len() + data.len();
        let size = if needed > FIRST_BYTES {
            capacity
        } else {
            capacity.min(FIRST_BYTES)
        };
        whole.reserve(size.max(needed) - whole.len());
        whole.push(&data);
        // `data` is kept until the next frame is there. It shares the connection's read buffer, which the
        // connection therefore replaces instead of filling it again, and an idle connection is left with
        // a buffer that was never written to: 256 KiB less that stay resident for each.
        frame = receiver.next().await?;
    }
    reservation.complete()?;
    Ok(whole)
}

/// A body that is read frame by frame.
struct Receiver<'a> {
    body: Body,
    config: &'a RequestConfig,
    reservation: &'a Reservation,
    platform_deadline: Option<Deadline>,
    started: Instant,
    received: usize,
    /// The length in `Content-Length`.
    declared: Option<usize>,
}

impl Receiver<'_> {
    /// The next bytes; `None` at the body's end.
    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            let (timeout, expired) = self.timeout();
            let expired = self.or_pause(expired, timeout);
            let timeout = Deadline::after(timeout).min_with(self.platform_deadline);
            let frame = tokio::select! {
                biased;
                () = self.reservation.evicted() => return Err(BodyError::Evicted),
                frame = timeout.timeout(self.body.frame()) => frame,
            };
            let Some(frame) = frame else {
                let is_past = |deadline: Deadline| deadline.remaining().is_zero();
                return Err(BodyError::TimedOut(
                    if self.platform_deadline.is_some_and(is_past) {
                        BodyTimeout::Total
                    } else {
                        expired
                    },
                ));
            };
            let Some(frame) = frame else {
                return Ok(None);
            };
            let frame = frame.map_err(|_| BodyError::Incomplete)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            self.check_size(data.len())?;
            self.received += data.len();
            self.reservation.reserve_bytes(data.len())?;
            if !data.is_empty() {
                return Ok(Some(data));
            }
        }
    }

    /// How long the next frame may take, and which timeout expires if it takes longer.
    fn timeout(&self) -> (Duration, BodyTimeout) {
        let elapsed = self.started.elapsed();
        let total = self.config.receive_timeout.saturating_sub(elapsed);
        let below_min_rate = BodyTimeout::BelowMinRate {
            min_bytes_per_second: self.config.min_body_bytes_per_second.get(),
        };
        let timeouts = [
            (total, BodyTimeout::Total),
            (self.config.idle_timeout, BodyTimeout::Idle),
            (self.rate_timeout(elapsed).unwrap_or(total), below_min_rate),
        ];
        timeouts.into_iter().min().unwrap_or(timeouts[0])
    }

    /// Names a timeout that would expire because nothing arrives for `wait` from now on: more than half of the time
    /// then is a pause, not a low rate.
    fn or_pause(&self, expired: BodyTimeout, wait: Duration) -> BodyTimeout {
        let is_pause = match expired {
            BodyTimeout::Idle => true,
            BodyTimeout::BelowMinRate { .. } => wait > self.started.elapsed(),
            BodyTimeout::Total | BodyTimeout::Stalled { .. } => false,
        };
        match self.declared {
            _ if !is_pause => expired,
            Some(declared) => BodyTimeout::Stalled {
                received: self.received,
                declared,
            },
            None => BodyTimeout::Idle,
        }
    }

    /// How long it takes until the average falls below the minimum rate if nothing more arrives. A body
    /// of which nothing has arrived is idle, not slow.
    fn rate_timeout(&self, elapsed: Duration) -> Option<Duration> {
        if self.received == 0 {
            return None;
        }
        let received = u32::try_from(self.received).unwrap_or(u32::MAX);
        let earned =
            Duration::from_secs(received.into()) / self.config.min_body_bytes_per_second.get();
        Some(earned.max(self.config.idle_timeout).saturating_sub(elapsed))
    }

    fn check_size(&self, more: usize) -> Result<(), BodyError> {
        let limit_bytes = self.config.max_body_bytes;
        match limit_bytes.checked_sub(self.received) {
            Some(room) if more <= room => Ok(()),
            _ => Err(BodyError::TooLarge { limit_bytes }),
        }
    }
}
