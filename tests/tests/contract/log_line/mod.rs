//! The line that every upload leaves in the log.

mod content;
mod readme;

use gateway_tests::{Door, Request, assert_untouched, upload_line, upstream_storing};
use serde_json::Value;

use crate::gateway;

/// The line that one request leaves in front of an upstream that nothing may reach.
async fn line_of_refused(door: Door, request: &Request) -> Value {
    let upstream = upstream_storing().await;
    let gateway = gateway(door, &upstream.uri(), &[]).await;
    gateway.send(request).await;
    assert_untouched(&upstream).await;
    upload_line(&gateway.stop().await)
}
