//! The line that every upload leaves in the log.

mod checksum;
mod content;
mod fields;
mod support;
mod unread;

use gateway_tests::{Platform, Request, log_lines};
use serde_json::Value;

use crate::storing;

/// The lines that requests leave of which nothing may reach the upstream.
async fn lines_of_refused(platform: Platform, requests: &[Request]) -> Vec<Value> {
    let service = storing(platform, &[]).await;
    for request in requests {
        service.refuse(request).await;
    }
    let lines = log_lines(&service.gateway.stop().await, "upload");
    assert_eq!(lines.len(), requests.len(), "{lines:?}");
    lines
}
