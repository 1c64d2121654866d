//! The liveness probe, over HTTP and as a command.

use std::process::Command;

use gateway_tests::{ClosedPort, Platform, Request};
use serde_json::json;

use crate::{PROGRAM, judged, storing};

/// A probe sends none of the API's headers.
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

/// Runs `bootstrap --check` for this URL: its exit code and what it writes to standard error.
fn check(url: &str) -> (Option<i32>, String) {
    let mut command = Command::new(PROGRAM);
    let output = command.env_clear().args(["--check", url]).output();
    let output = output.expect("the program must start");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_of_a_healthy_server_succeeds_and_any_other_is_named_with_the_reason() {
    let service = storing(Platform::Http, &[]).await;
    let address = service.gateway.address();
    assert_eq!(
        check(&format!("http://{address}/healthz")),
        (Some(0), String::new())
    );

    let closed = ClosedPort::reserve();
    for (url, reason) in [
        (format!("http://{address}/elsewhere"), "status 404"),
        (closed.uri(), "cannot connect"),
        (format!("https://{address}/healthz"), "http://"),
    ] {
        let (code, said) = check(&url);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(&url) && said.contains(reason), "{said}");
        assert!(!said.contains("contact centre"), "{said}");
    }
}
