//! Receives a request's body within its limits.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use bytes::{Bytes, BytesMut};
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

    /// Reads the whole body. A declared length over the limit is refused before anything is read;
    /// what really comes is counted all the same.
    pub(super) async fn receive(&mut self) -> Result<Bytes, Refusal> {
        let deadline = Deadline::after(self.config.receive_timeout);
        let limit = self.config.max_body_bytes;
        deadline
            .limit(read(&mut self.body, limit))
            .await
            .unwrap_or(Err(Refusal::BodyTimedOut))
    }

    /// Reads what is left and throws it away, within bounds.
    pub(super) async fn discard(mut self) {
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
        Deadline::after(DISCARD_TIME).limit(everything).await;
    }
}

async fn read(body: &mut Body, limit: usize) -> Result<Bytes, Refusal> {
    let too_large = Refusal::BodyTooLarge { limit_bytes: limit };
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > limit {
        return Err(too_large);
    }
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let data = frame.map_err(|_| Refusal::BodyBrokenOff)?.into_data();
        let Ok(data) = data else {
            continue;
        };
        let received = first.len().max(joined.len());
        if data.len() > limit - received {
            return Err(too_large);
        }
        if received == 0 {
            // A body in one piece is never copied.
            first = data;
            continue;
        }
        if joined.is_empty() {
            joined.reserve(declared.max(first.len() + data.len()));
            joined.extend_from_slice(&std::mem::take(&mut first));
        }
        joined.extend_from_slice(&data);
    }
    Ok(if joined.is_empty() {
        first
    } else {
        joined.freeze()
    })
}
