//! The upstream as wiremock plays it.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The key that [`upstream_storing`] gives to every file.
pub const OBJECT_KEY: &str = "0d1f6a3c-7e2b-4c58-9a41-5b8e7f2d6c90";

/// Mounts the upload call with this answer.
pub async fn answers(upstream: &MockServer, answer: ResponseTemplate) {
    Mock::given(method("POST"))
        .and(path("/apiaccess/ccmessaging/uploadFileStream"))
        .respond_with(answer)
        .mount(upstream)
        .await;
}

/// An upstream that stores every file.
pub async fn upstream_storing() -> MockServer {
    upstream_storing_after(Duration::ZERO).await
}

/// An upstream that stores every file and takes its time to say so.
pub async fn upstream_storing_after(delay: Duration) -> MockServer {
    let upstream = MockServer::start().await;
    let stored = json!({"returnCode": "0", "objectKey": OBJECT_KEY});
    let answer = ResponseTemplate::new(200).set_body_json(stored);
    answers(&upstream, answer.set_delay(delay)).await;
    upstream
}

/// Waits until the upstream has received a request.
///
/// # Panics
///
/// If it does not record requests.
pub async fn until_reached(upstream: &MockServer) {
    let received = || async { upstream.received_requests().await.expect("recording is on") };
    while received().await.is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Asserts that nothing at all was sent to the upstream.
///
/// # Panics
///
/// If anything was.
pub async fn assert_untouched(upstream: &MockServer) {
    let received = upstream.received_requests().await.expect("recording is on");
    assert!(
        received.is_empty(),
        "the upstream received {} requests",
        received.len()
    );
}

/// The body of the only request that the upstream received.
///
/// # Panics
///
/// If it received none or several.
pub async fn received_body(upstream: &MockServer) -> Value {
    let received = upstream.received_requests().await.expect("recording is on");
    let [request] = received.as_slice() else {
        panic!("the upstream received {} requests", received.len());
    };
    request.body_json().expect("the upstream must receive JSON")
}
