//! Whether the service is there, which is told without an upload.

use gateway_tests::{Platform, Request};
use serde_json::json;

use crate::{judged, storing};

/// A probe knows none of the API's headers.
fn probe(method: &str) -> Request {
    Request::bare(method, "/healthz")
}

#[tokio::test]
async fn a_probe_is_answered_without_the_upstream_and_without_an_uploads_line() {
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        let answer = service.refuse(&probe("GET")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({"status": "ok"}));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("x-request-id").is_some());
        let log = service.gateway.stop().await;
        assert!(!log.contains("\"upload\""), "{log}");
    }
}

#[tokio::test]
async fn a_probe_may_leave_the_body_out() {
    let service = storing(Platform::Http, &[]).await;
    let answer = service.refuse(&probe("HEAD")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}

#[tokio::test]
async fn another_method_is_not_allowed() {
    let requests = ["POST", "PUT", "DELETE", "OPTIONS"].map(probe);
    judged(&[], &requests, |answer| {
        answer.assert_refused(405, "3", &["GET"]);
        assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    })
    .await;
}
