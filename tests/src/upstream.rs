//! Upstreams based on wiremock.

use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::time_limit::in_time;

/// The object key in every response.
pub const OBJECT_KEY: &str = "0d1f6a3c-7e2b-4c58-9a41-5b8e7f2d6c90";

/// Returns the body of the response to a stored upload.
pub fn stored() -> String {
    format!(r#"{{"returnCode":"0","objectKey":"{OBJECT_KEY}"}}"#)
}

/// Sets the upstream's response to every upload.
pub async fn answers(upstream: &MockServer, answer: ResponseTemplate) {
    upstream.reset().await;
    Mock::given(method("POST"))
        .and(path("/apiaccess/ccmessaging/uploadFileStream"))
        .respond_with(answer)
        .mount(upstream)
        .await;
}

/// Starts an upstream with this response to every upload.
pub async fn answering(answer: ResponseTemplate) -> MockServer {
    let upstream = MockServer::start().await;
    answers(&upstream, answer).await;
    upstream
}

/// Starts an upstream that stores every file.
pub async fn upstream_storing() -> MockServer {
    answering(ResponseTemplate::new(200).set_body_raw(stored(), "application/json")).await
}

/// Returns the requests that the upstream has received.
pub async fn received(upstream: &MockServer) -> Vec<wiremock::Request> {
    upstream.received_requests().await.expect("recording is on")
}

/// Waits until the upstream has received a request.
pub async fn until_reached(upstream: &MockServer) {
    let reached = async {
        while received(upstream).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    in_time("a request must reach the upstream", reached).await;
}

/// Asserts that the upstream has received no request.
pub async fn assert_untouched(upstream: &MockServer) {
    let count = received(upstream).await.len();
    assert_eq!(count, 0, "requests reached the upstream");
}

/// Returns the JSON of the only request that the upstream has received.
pub async fn received_body(upstream: &MockServer) -> Value {
    let received = received(upstream).await;
    assert_eq!(received.len(), 1, "requests reached the upstream");
    received[0].body_json().expect("JSON")
}
