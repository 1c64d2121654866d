//! Reading a request's body without letting it fill the memory.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;

/// How many times the limit is still read, and thrown away, so that the caller reads the 413
/// instead of failing to send the rest.
const PATIENCE: usize = 8;

/// The outcome of reading a body.
pub(super) struct Read {
    /// The body, unless it was too long or broke off.
    pub(super) body: Result<Bytes, Unread>,
    /// How many bytes came in.
    pub(super) bytes_len: usize,
}

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    TooLarge,
    BrokenOff,
}

/// Reads at most `max_bytes` into memory.
pub(super) async fn read(mut body: Body, max_bytes: usize) -> Read {
    let declared = body.size_hint().lower();
    let mut kept = BytesMut::new();
    let mut bytes_len: usize = 0;
    let mut outcome = Ok(());
    if declared > max_bytes as u64 {
        outcome = Err(Unread::TooLarge);
    }
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            outcome = Err(Unread::BrokenOff);
            break;
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        bytes_len = bytes_len.saturating_add(data.len());
        if bytes_len > max_bytes {
            outcome = Err(Unread::TooLarge);
            kept = BytesMut::new();
        }
        if outcome.is_ok() {
            kept.extend_from_slice(&data);
        } else if bytes_len > max_bytes.saturating_mul(PATIENCE) {
            break;
        }
    }
    Read {
        body: outcome.map(|()| kept.freeze()),
        bytes_len,
    }
}
