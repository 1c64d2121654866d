//! The output of a gateway.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::sync::watch;

use crate::time_limit::in_time;

/// Appends a stream to `text` line by line until it ends.
pub(crate) async fn collect(stream: impl AsyncRead + Unpin, text: watch::Sender<String>) {
    // Keep output that is not UTF-8, so that tests can see it.
    let mut lines = BufReader::new(stream).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        text.send_modify(|text| {
            text.push_str(&String::from_utf8_lossy(&line));
            text.push('\n');
        });
    }
}

/// Waits until `words` are printed.
pub(crate) async fn until_said(mut text: watch::Receiver<String>, words: &str) {
    let expectation = format!("the gateway must print {words:?}");
    let said = text.wait_for(|text| text.contains(words));
    let is_said = in_time(&expectation, said).await.is_ok();
    assert!(is_said, "{expectation}: {}", *text.borrow());
}

/// Returns the lines of a log that are JSON.
pub fn json_lines(log: &str) -> impl Iterator<Item = Value> {
    log.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

/// Returns the JSON lines with this message.
pub fn log_lines(log: &str, message: &str) -> Vec<Value> {
    json_lines(log)
        .filter(|line| line["message"] == message)
        .collect()
}

/// Returns the line of the only upload in a log.
pub fn upload_line(log: &str) -> Value {
    let mut lines = log_lines(log, "upload");
    assert_eq!(lines.len(), 1, "{log}");
    lines.remove(0)
}
