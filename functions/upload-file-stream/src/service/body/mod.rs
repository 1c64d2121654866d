//! Receives a request's body within its limits.

mod pace;
mod pieces;

use axum::body::Body;
use ccmessaging_core::Chunks;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::config::RequestConfig;
use crate::{Deadline, Refusal};

pub use pace::Lateness;
use pace::Pace;
use pieces::Pieces;

/// Reads a whole body, before the platform's deadline if there is one. A declared length over the
/// limit is refused before anything is read; what really comes is counted all the same.
///
/// What is left unread after an error is the door's business.
pub(super) async fn receive(
    mut body: Body,
    config: &RequestConfig,
    cut_off: Option<Deadline>,
) -> Result<Chunks, Refusal> {
    let limit = config.max_body_bytes;
    let too_large = Refusal::BodyTooLarge { limit_bytes: limit };
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > limit {
        return Err(too_large);
    }
    let mut pace = Pace::start(config, cut_off);
    let mut pieces = Pieces::default();
    while let Some(frame) = pace.limit(body.frame()).await? {
        let frame = frame.map_err(|_| Refusal::BodyBrokenOff)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if data.len() > limit - pieces.len() {
            return Err(too_large);
        }
        pace.arrived(data.len());
        pieces.push(data);
    }
    Ok(pieces.finish())
}
