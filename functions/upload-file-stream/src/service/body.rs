//! Receives a request's body within its limits.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use ccmessaging_core::Chunks;
use http::header::EXPECT;
use http::request::Parts;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::config::RequestConfig;
use crate::{Deadline, Refusal};

/// How much of a refused body is read and thrown away, as a multiple of the limit, and for how
/// long: a client that is cut off while it sends may never see the answer.
const DISCARD_LIMITS: usize = 2;
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// A piece below this size is joined with its neighbours, up to the other size.
const SMALL_PIECE_BYTES: usize = 8 * 1024;
const JOINED_PIECE_BYTES: usize = 64 * 1024;

/// A body that has not been read yet.
#[derive(Debug)]
pub(super) struct RequestBody {
    body: Body,
    config: RequestConfig,
    /// The client waits to be asked for the body (RFC 9110 section 10.1.1).
    is_withheld: bool,
}

impl RequestBody {
    /// The body of a request whose head is not needed.
    pub(super) fn new(request: Request, config: RequestConfig) -> Self {
        let (head, body) = request.into_parts();
        Self::of(&head, body, config)
    }

    pub(super) fn of(head: &Parts, body: Body, config: RequestConfig) -> Self {
        Self {
            body,
            config,
            is_withheld: head.headers.contains_key(EXPECT),
        }
    }

    /// Reads the whole body, before the platform's deadline if there is one. A declared length over
    /// the limit is refused before anything is read; what really comes is counted all the same.
    pub(super) async fn receive(&mut self, cut_off: Option<Deadline>) -> Result<Chunks, Refusal> {
        let deadline = Deadline::after(self.config.receive_timeout).or_earlier(cut_off);
        let limit = self.config.max_body_bytes;
        deadline
            .limit(read(&mut self.body, limit))
            .await
            .unwrap_or(Err(Refusal::BodyTimedOut))
    }

    /// Reads what is left and throws it away, within bounds and before the platform's deadline.
    pub(super) async fn discard(mut self, cut_off: Option<Deadline>) {
        if self.is_withheld || self.body.is_end_stream() {
            return;
        }
        let mut left = self.config.max_body_bytes.saturating_mul(DISCARD_LIMITS);
        let everything = async {
            while let Some(Ok(frame)) = self.body.frame().await {
                let count = frame.data_ref().map_or(0, Bytes::len);
                match left.checked_sub(count) {
                    Some(rest) => left = rest,
                    None => break,
                }
            }
        };
        Deadline::after(DISCARD_TIME)
            .or_earlier(cut_off)
            .limit(everything)
            .await;
    }
}

async fn read(body: &mut Body, limit: usize) -> Result<Chunks, Refusal> {
    let too_large = Refusal::BodyTooLarge { limit_bytes: limit };
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > limit {
        return Err(too_large);
    }
    let mut received = Received::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::BodyBrokenOff)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if data.len() > limit - received.len() {
            return Err(too_large);
        }
        received.push(data);
    }
    Ok(received.finish())
}

/// What has arrived of a body. Pieces are kept as they came, but for small ones, which are joined:
/// a client that sends byte by byte must not make each byte cost a piece.
#[derive(Default)]
struct Received {
    pieces: Chunks,
    small: BytesMut,
}

impl Received {
    fn len(&self) -> usize {
        self.pieces.len() + self.small.len()
    }

    fn push(&mut self, data: Bytes) {
        if data.len() < SMALL_PIECE_BYTES {
            self.small.extend_from_slice(&data);
            if self.small.len() >= JOINED_PIECE_BYTES {
                self.flush();
            }
        } else {
            self.flush();
            self.pieces.push(data);
        }
    }

    fn flush(&mut self) {
        self.pieces.push(self.small.split().freeze());
    }

    fn finish(mut self) -> Chunks {
        self.flush();
        self.pieces
    }
}
