//! The log lines of a gateway.

use serde_json::Value;

/// The lines with this message, in a log in JSON that may hold other lines.
#[must_use]
pub fn log_lines(log: &str, message: &str) -> Vec<Value> {
    log.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["message"] == message)
        .collect()
}

/// The line of the only upload in a log.
///
/// # Panics
///
/// If there is none, or more than one.
#[must_use]
pub fn upload_line(log: &str) -> Value {
    let mut lines = log_lines(log, "upload");
    assert_eq!(lines.len(), 1, "{log}");
    lines.remove(0)
}
