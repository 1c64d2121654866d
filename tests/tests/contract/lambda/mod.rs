//! Lambda alone: events, and the runtime API.

mod answers;
pub(crate) mod committed_events;
mod concurrency;
mod decoded_bodies;
mod large_events;
mod odd_events;
mod outsized_events;
mod runtime_api;

use gateway_tests::{Gateway, Invocation, Request, http_api_event};
use serde_json::Value;

/// The event of an HTTP API with an upload that passes.
fn event() -> Value {
    http_api_event(&Request::png())
}

/// Returns the function's response to an event.
pub(crate) async fn answered(gateway: &Gateway, event: &Value) -> Value {
    match gateway.runtime().invoke(event).await {
        Invocation::Answered(answer) => answer,
        Invocation::Failed(report) => panic!("the invocation failed: {report}"),
    }
}

/// Status and JSON of what the function answers to an event.
pub(crate) async fn answer(gateway: &Gateway, event: &Value) -> (u64, Value) {
    let answer = answered(gateway, event).await;
    let status = answer["statusCode"].as_u64().expect("a status");
    let body = answer["body"].as_str().expect("a body");
    (status, serde_json::from_str(body).expect("JSON"))
}

/// An event whose upload must be stored.
async fn store(gateway: &Gateway, event: &Value) {
    let (status, answer) = answer(gateway, event).await;
    assert_eq!(
        (status, &answer["returnCode"]),
        (200, &"0".into()),
        "{answer}"
    );
}
