//! What is particular to the Lambda door: events, and the runtime API.

mod answers;
mod committed_events;
mod large_events;
mod odd_events;
mod runtime_api;

use gateway_tests::{Invocation, Request, http_api_event, sample};
use serde_json::Value;

/// The event of an HTTP API with an upload that passes.
fn event() -> Value {
    http_api_event(&Request::upload("png", &sample("rgb.png")))
}

/// What the function answered.
fn answered(invocation: Invocation) -> Value {
    match invocation {
        Invocation::Answered(answer) => answer,
        Invocation::Failed(report) => panic!("the invocation failed: {report}"),
    }
}

/// Status and body of what the function answered.
fn answer(invocation: Invocation) -> (u64, Value) {
    let answer = answered(invocation);
    let status = answer["statusCode"].as_u64().expect("a status");
    let body = answer["body"].as_str().expect("a body");
    (status, serde_json::from_str(body).expect("JSON"))
}
