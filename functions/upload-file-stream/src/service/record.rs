//! The one line that an upload leaves in the log.

use std::time::{Duration, Instant};

use ccmessaging_core::{FileType, UpstreamAnswer};
use http::StatusCode;

use super::Arrival;
use crate::Refusal;
use crate::upstream::Forwarded;

/// What is known of an upload by the time that it is answered.
#[derive(Debug)]
pub(super) struct Record {
    started: Instant,
    pub(super) lane: Option<&'static str>,
    pub(super) file_type: Option<FileType>,
    pub(super) decoded_bytes: Option<usize>,
    pub(super) attempts: u32,
    received_after: Option<Duration>,
    validated_after: Option<Duration>,
}

impl Record {
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
            lane: None,
            file_type: None,
            decoded_bytes: None,
            attempts: 0,
            received_after: None,
            validated_after: None,
        }
    }

    pub(super) fn received(&mut self) {
        self.received_after = Some(self.started.elapsed());
    }

    pub(super) fn validated(&mut self) {
        self.validated_after = Some(self.started.elapsed());
    }

    /// Writes the line.
    pub(super) fn write(
        &self,
        arrival: &Arrival,
        mode: &'static str,
        result: &Result<Forwarded, Refusal>,
    ) {
        let total = self.started.elapsed();
        let received = self.received_after.unwrap_or(total);
        let validated = self.validated_after.unwrap_or(total);
        let Outcome {
            name,
            status,
            return_code,
            upstream_status,
            reason,
        } = Outcome::of(result);
        tracing::info!(
            request_id = arrival.request_id,
            door = %arrival.door,
            mode,
            lane = self.lane,
            file_type = self.file_type.map(tracing::field::display),
            decoded_bytes = self.decoded_bytes,
            outcome = name,
            status = status.as_u16(),
            return_code,
            upstream_status = upstream_status.map(|status| status.as_u16()),
            attempts = self.attempts,
            receive_ms = milliseconds(received),
            validate_ms = milliseconds(validated.saturating_sub(received)),
            upstream_ms = milliseconds(total.saturating_sub(validated)),
            reason,
            "upload"
        );
    }
}

/// How an upload ended.
struct Outcome {
    name: &'static str,
    status: StatusCode,
    return_code: Option<String>,
    upstream_status: Option<StatusCode>,
    reason: Option<String>,
}

impl Outcome {
    fn of(result: &Result<Forwarded, Refusal>) -> Self {
        match result {
            Ok(forwarded) => {
                let (name, return_code) = match &forwarded.answer {
                    UpstreamAnswer::Stored { .. } => ("stored", Some("0".to_owned())),
                    UpstreamAnswer::Refused { return_code } => (
                        "refused by upstream",
                        Some(return_code.chars().take(8).collect()),
                    ),
                    UpstreamAnswer::Other => ("refused by upstream", None),
                };
                Self {
                    name,
                    status: forwarded.status,
                    return_code,
                    upstream_status: Some(forwarded.status),
                    reason: None,
                }
            }
            Err(refusal) => Self {
                name: match refusal {
                    Refusal::Token(_) | Refusal::Upstream(_) => "failed",
                    _ => "refused",
                },
                status: refusal.status(),
                return_code: Some(refusal.return_code().to_string()),
                upstream_status: None,
                reason: Some(refusal.for_log()),
            },
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
