//! The AWS Lambda runtime, through `lambda_http`.
//!
//! An event consists of a body of some megabytes and about a kilobyte of metadata. `lambda_http`
//! supports every trigger, but parses an event once per kind of trigger and copies the body each time.
//! The steps are therefore, in this order:
//!
//! 1. `extract_body.rs` removes the body from the event's JSON, without copying it.
//! 2. `limits.rs` checks the rest, because `lambda_http` panics on oversized headers and paths.
//! 3. `lambda_http` parses the rest.
//! 4. `request.rs` removes what `lambda_http`'s conversion would panic on, and only then decodes the
//!    body and converts the event to a request.
//!
//! An event whose body cannot be extracted is parsed by `lambda_http` alone. A differential test
//! compares both paths on thousands of valid and invalid events.

mod extract_body;
mod handover;
mod limits;
mod request;

#[cfg(test)]
mod agreement;

use std::convert::Infallible;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use lambda_http::lambda_runtime::Runtime;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, IntoResponse, LambdaEvent, Request, service_fn};
use tower::ServiceExt as _;

use ccmessaging_gateway::Malformed;
use handover::Handover;

/// How often in a row the runtime may fail without serving an invocation. Then the process exits, so
/// that the platform starts a new instance.
const MAX_FAILURES: u32 = 5;

/// The pause after the first failure, doubled after each further one in a row.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Serves the invocations of this function instance until the platform ends it: one at a time, or up
/// to `AWS_LAMBDA_MAX_CONCURRENCY` at once.
///
/// # Errors
///
/// The Lambda runtime API cannot be reached, or returns undocumented responses.
pub async fn serve_lambda(router: Router) -> Result<(), lambda_http::Error> {
    let handover = Handover::default();
    let mut failures = 0;
    loop {
        // Unwind safe: the runtime is dropped after a panic and a new one is created.
        let runtime = AssertUnwindSafe(run(router.clone(), handover.clone()));
        let ended = runtime.catch_unwind().await;
        let error = match ended {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => {
                let sentence = "the Lambda runtime API returned an undocumented response, or a variable that Lambda sets is missing";
                return Err(sentence.into());
            }
        };
        if handover.take_served() {
            failures = 0;
        }
        failures += 1;
        if failures == MAX_FAILURES {
            return Err(format!("the Lambda runtime API failed {failures} times: {error}").into());
        }
        tracing::warn!(%error, failures, "the Lambda runtime failed and is restarted");
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(failures - 1)).await;
    }
}

/// Runs `lambda_runtime` until it fails. It panics if the environment lacks a documented variable, or
/// a response of the runtime API a documented header.
async fn run(router: Router, handover: Handover) -> Result<(), lambda_http::Error> {
    let extracted = handover.clone();
    let handler = service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        let extracted = extracted.take(&event.context.request_id);
        let mut body = request::take_body(&mut event.payload, extracted);
        let router = router.clone();
        let gateway = service_fn(move |request: Request| {
            let body = std::mem::replace(&mut body, Err(Malformed::Event));
            let request = request::from_lambda(request, body);
            let response = router.clone().oneshot(request);
            async { Ok::<_, Infallible>(Answer::new(response.await?).await) }
        });
        Adapter::from(gateway).oneshot(event)
    });
    Runtime::new(handler).layer(handover).run_concurrent().await
}

/// A response of the service.
///
/// `lambda_http` can convert an [`axum::response::Response`] itself, but it decodes text in the
/// character set of its `Content-Type`, and the tables for that add 150 KB to the zip. The service
/// only responds with JSON in UTF-8.
#[derive(Debug)]
struct Answer(http::Response<Body>);

impl Answer {
    async fn new(response: Response) -> Self {
        let (head, body) = response.into_parts();
        // The body is in memory, so reading it cannot fail.
        let body: Vec<u8> = body.collect().await.unwrap_or_default().to_bytes().into();
        let body = if body.is_empty() {
            Body::Empty
        } else {
            String::from_utf8(body)
                .map_or_else(|error| Body::Binary(error.into_bytes()), Body::Text)
        };
        Self(http::Response::from_parts(head, body))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = http::Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}
