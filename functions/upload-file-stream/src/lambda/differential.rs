//! Compares requests whose body is extracted from the event with those that `lambda_http` converts
//! alone: they are equal, and both ways reject the same events.
//!
//! Runs 4,000 events by default; `DIFFERENTIAL_EVENTS=1000000 cargo test --release -p
//! upload-file-stream differential` runs more.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use lambda_http::request::LambdaRequest;
use lambda_http::{Body, Request, RequestExt as _};
use serde::Deserialize as _;

use super::body_layer::Extracted;
use super::extract_body::extract_body;
use super::generator::{Generator, committed_events};
use super::query::take_query;
use super::request::{drop_repeated, from_lambda, take_body};
use ccmessaging_gateway::Malformed;

/// The result for an event.
#[derive(Debug, PartialEq)]
enum Outcome {
    Request(Method, String, HeaderMap, Bytes),
    /// Rejected, because the body is not Base64 although `isBase64Encoded` is true.
    Rejected,
    /// Reported to the runtime API as an unknown event.
    Unknown,
}

/// Returns the request that the service receives.
async fn outcome(request: Request, body: Result<Bytes, Malformed>) -> Outcome {
    let (mut head, body) = from_lambda(request, "", body).into_parts();
    if head.extensions.get::<Malformed>().is_some() {
        return Outcome::Rejected;
    }
    // The service needs neither, and `take_body` removes them.
    head.headers.remove(HOST);
    head.headers.remove("x-forwarded-proto");
    let body = body.collect().await.expect("a body in memory").to_bytes();
    Outcome::Request(head.method, head.uri.path().to_owned(), head.headers, body)
}

/// Parses an event as the runtime does, which ignores everything after it.
fn parse(event: &[u8]) -> Option<LambdaRequest> {
    LambdaRequest::deserialize(&mut serde_json::Deserializer::from_slice(event)).ok()
}

/// Converts the event with `lambda_http` alone. `None` if it panics, except for invalid Base64, or if
/// it invents a path for an event without one.
async fn plain(event: &[u8]) -> Option<Outcome> {
    let Some(mut event) = parse(event) else {
        return Some(Outcome::Unknown);
    };
    // `lambda_http` hides repeated headers, so they are not compared.
    if let LambdaRequest::ApiGatewayV1(event) = &mut event {
        drop_repeated(&mut event.headers, &event.multi_value_headers);
    } else if let LambdaRequest::Alb(event) = &mut event {
        drop_repeated(&mut event.headers, &event.multi_value_headers);
    }
    let mut request = match catch_unwind(AssertUnwindSafe(|| Request::from(event))) {
        Ok(request) => request,
        Err(panic) => {
            let message = panic.downcast_ref::<String>()?;
            return message.contains("base64").then_some(Outcome::Rejected);
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

/// Converts the event as the function does, and returns whether its body was extracted.
async fn fast(event: &[u8]) -> (Outcome, bool) {
    let event = Bytes::copy_from_slice(event);
    let (rest, body) = extract_body(&event).unzip();
    let is_extracted = body.is_some();
    let Some(mut event) = parse(&rest.unwrap_or(event)) else {
        return (Outcome::Unknown, is_extracted);
    };
    let extracted = Extracted {
        body,
        malformed: None,
    };
    drop(take_query(&mut event));
    let body = take_body(&mut event, extracted);
    (outcome(Request::from(event), body).await, is_extracted)
}

#[tokio::test]
async fn both_ways_return_the_same_request() {
    let count: usize = std::env::var("DIFFERENTIAL_EVENTS")
        .map_or(4_000, |count| count.parse().expect("a number"));
    let mut generator = Generator::new();
    let (mut extracted, mut requests, mut rejected, mut unknown) = (0, 0, 0, 0);
    for number in 0..count {
        let event = generator.event();
        let (found, is_extracted) = fast(&event).await;
        let Some(expected) = plain(&event).await else {
            continue;
        };
        assert!(
            found == expected,
            "event {number}: {}\nplain: {expected:?}\nfast: {found:?}",
            String::from_utf8_lossy(&event)
        );
        match found {
            Outcome::Request(..) => {
                requests += 1;
                extracted += usize::from(is_extracted);
            }
            Outcome::Rejected => rejected += 1,
            Outcome::Unknown => unknown += 1,
        }
    }
    // Otherwise the events would test little.
    let shares = format!(
        "{requests} requests, {extracted} extracted, {rejected} rejected, {unknown} unknown"
    );
    println!("{count} events: {shares}");
    assert!(extracted > count / 4 && requests > extracted, "{shares}");
    assert!(rejected > count / 50 && unknown > count / 50, "{shares}");
}

#[tokio::test]
async fn body_of_every_committed_event_is_extracted() {
    for (name, event) in committed_events() {
        let (found, is_extracted) = fast(&event).await;
        assert!(is_extracted, "{name}");
        assert_eq!(Some(found), plain(&event).await, "{name}");
    }
}
