//! The upstream as wiremock plays it.

use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::patience::in_time;

/// The key that every upstream here gives to every file.
pub const OBJECT_KEY: &str = "0d1f6a3c-7e2b-4c58-9a41-5b8e7f2d6c90";

/// The body of the answer to an upload that is stored.
#[must_use]
pub fn stored() -> String {
    format!(r#"{{"returnCode":"0","objectKey":"{OBJECT_KEY}"}}"#)
}

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
    let upstream = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_raw(stored(), "application/json");
    answers(&upstream, answer).await;
    upstream
}

/// Waits until the upstream has received a request.
///
/// # Panics
///
/// If none comes, or it does not record requests.
pub async fn until_reached(upstream: &MockServer) {
    let received = || async { upstream.received_requests().await.expect("recording is on") };
    let reached = async {
        while received().await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    in_time("a request must reach the upstream", reached).await;
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
