//! The one line that an upload leaves in the log. The function's README describes its fields.

use std::time::Duration;

use http::StatusCode;

use super::ending::Ending;
use super::record::Record;
use crate::TraceContext;

/// Writes the line. Fields that are `None` are left out.
pub(super) fn write(record: &Record<'_>, ending: &Ending) {
    let phases = record.phases();
    tracing::info!(
        request_id = record.arrival.request_id,
        trace_id = record.trace.as_ref().map(TraceContext::trace_id),
        door = %record.arrival.door,
        mode = record.mode(),
        lane = record.lane,
        file_type = record.declared,
        detected_type = record.detected,
        decoded_bytes = record.decoded_bytes,
        streamed = record.is_streamed.then_some(true),
        outcome = ending.outcome.name(),
        status = ending.status.as_ref().map(StatusCode::as_u16),
        return_code = ending.return_code,
        upstream_status = ending.upstream_status.as_ref().map(StatusCode::as_u16),
        attempts = record.retries.attempts(),
        receive_ms = milliseconds(phases.receive),
        validate_ms = phases.validate.map(milliseconds),
        upstream_ms = phases.upstream.map(milliseconds),
        reason = ending.reason,
        "upload"
    );
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
