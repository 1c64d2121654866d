//! Differential test: extracting the body before `lambda_http` gives the same request, or the same
//! rejection, as `lambda_http` alone.
//!
//! It tests 4,000 events by default; `AGREEMENT_EVENTS=1000000 cargo test --release -p
//! upload-file-stream agreement` tests more. They are the events of the folder `events`, mutated by a
//! seeded generator, so a failure can be reproduced.

mod generator;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use lambda_http::request::LambdaRequest;
use lambda_http::{Body, Request, RequestExt as _};
use serde::Deserialize as _;

use super::extract_body::extract_body;
use super::handover::Extracted;
use super::request::{drop_repeated, from_lambda, take_body};
use ccmessaging_gateway::Malformed;
use generator::Generator;

/// The outcome for an event.
#[derive(Debug, PartialEq)]
enum Outcome {
    Request {
        method: Method,
        path: String,
        headers: HeaderMap,
        body: Bytes,
    },
    /// Rejected, because the body is marked as Base64 but is not valid Base64.
    Refused,
    /// Reported to the runtime API as an unsupported event.
    Unknown,
}

/// Returns the outcome of converting an event to the service's request.
async fn outcome(request: Request, body: Result<Bytes, Malformed>) -> Outcome {
    let (mut head, body) = from_lambda(request, body).into_parts();
    if head.extensions.get::<Malformed>().is_some() {
        return Outcome::Refused;
    }
    // The service needs neither, and invalid ones are dropped.
    head.headers.remove(HOST);
    head.headers.remove("x-forwarded-proto");
    let body = body.collect().await.expect("a body in memory").to_bytes();
    Outcome::Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body,
    }
}

/// Parses an event as the runtime does, ignoring trailing bytes.
fn read(event: &[u8]) -> Option<LambdaRequest> {
    LambdaRequest::deserialize(&mut serde_json::Deserializer::from_slice(event)).ok()
}

/// Converts the event with `lambda_http` alone. `None` if it panics for a reason other than invalid
/// Base64, or if it invents a path for an event without one.
async fn plainly(event: &[u8]) -> Option<Outcome> {
    let Some(mut event) = read(event) else {
        return Some(Outcome::Unknown);
    };
    // `lambda_http` would drop repeated headers.
    if let LambdaRequest::ApiGatewayV1(event) = &mut event {
        drop_repeated(&mut event.headers, &event.multi_value_headers);
    } else if let LambdaRequest::Alb(event) = &mut event {
        drop_repeated(&mut event.headers, &event.multi_value_headers);
    }
    let mut request = match catch_unwind(AssertUnwindSafe(|| Request::from(event))) {
        Ok(request) => request,
        Err(panic) => {
            let message = panic.downcast_ref::<String>()?;
            return message.contains("base64").then_some(Outcome::Refused);
        }
    };
    if !request.raw_http_path().starts_with('/') {
        return None;
    }
    let body = match std::mem::take(request.body_mut()) {
        Body::Text(text) => Bytes::from(text),
        Body::Binary(bytes) => Bytes::from(bytes),
        _ => Bytes::new(),
    };
    Some(outcome(request, Ok(body)).await)
}

/// By the fast path; and whether it applied.
async fn fast(event: &[u8]) -> (Outcome, bool) {
    let event = Bytes::copy_from_slice(event);
    let (rest, body) = extract_body(&event).unzip();
    let is_extracted = body.is_some();
    let Some(mut event) = read(&rest.unwrap_or(event)) else {
        return (Outcome::Unknown, is_extracted);
    };
    let extracted = Extracted {
        body,
        malformed: None,
    };
    let body = take_body(&mut event, extracted);
    (outcome(Request::from(event), body).await, is_extracted)
}

#[tokio::test]
async fn both_ways_to_read_an_event_agree() {
    let count: usize =
        std::env::var("AGREEMENT_EVENTS").map_or(4_000, |count| count.parse().expect("a number"));
    let mut generator = Generator::new();
    let (mut extracted, mut requests, mut refused, mut unknown) = (0, 0, 0, 0);
    for number in 0..count {
        let event = generator.event();
        let (found, is_extracted) = fast(&event).await;
        let Some(expected) = plainly(&event).await else {
            continue;
        };
        assert!(
            found == expected,
            "event {number}: {}\nplainly: {expected:?}\nfast: {found:?}",
            String::from_utf8_lossy(&event)
        );
        extracted += usize::from(is_extracted && matches!(found, Outcome::Request { .. }));
        match found {
            Outcome::Request { .. } => requests += 1,
            Outcome::Refused => refused += 1,
            Outcome::Unknown => unknown += 1,
        }
    }
    println!(
        "{count} events: {requests} requests ({extracted} extracted), {refused} refused, {unknown} unknown"
    );
    // Else the events prove nothing.
    assert!(
        extracted > count / 4,
        "{extracted} of {requests} bodies were extracted"
    );
    assert!(requests > extracted, "{requests}");
    assert!(
        refused > count / 50 && unknown > count / 50,
        "{refused} {unknown}"
    );
}

#[tokio::test]
async fn the_body_of_every_committed_event_is_extracted_out() {
    for (name, event) in generator::committed_events() {
        let (found, is_extracted) = fast(&event).await;
        assert!(is_extracted, "{name}");
        assert_eq!(Some(found), plainly(&event).await, "{name}");
    }
}
