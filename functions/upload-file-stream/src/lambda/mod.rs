//! The AWS Lambda runtime, through `lambda_http`.
//!
//! An event is some megabytes of body in a kilobyte of everything else. `lambda_http` knows every
//! trigger's event, but parses an event once for each kind and copies the body each time. So
//! `handover.rs` takes the body out before, `lambda_http` reads the little that is left, and
//! `request.rs` puts the body in again. An event that does not lend itself to that goes the plain way;
//! a test shows that both ways agree on thousands of events, sound and broken.

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

/// How often in a row the runtime may fail without an invocation that it serves.
const MAX_FAILURES: u32 = 5;

/// The pause after the first failure; each further one in a row doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Serves the invocations of this function instance until the platform ends it: one after the other,
/// or as many at once as `AWS_LAMBDA_MAX_CONCURRENCY` says.
///
/// # Errors
///
/// The Lambda runtime API cannot be reached, or answers what it never should.
pub async fn serve_lambda(router: Router) -> Result<(), lambda_http::Error> {
    let handover = Handover::default();
    let mut failures = 0;
    loop {
        // Nothing of it outlives a panic.
        let runtime = AssertUnwindSafe(run(router.clone(), handover.clone()));
        let ended = runtime.catch_unwind().await;
        let error = match ended {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => {
                let sentence = "the Lambda runtime API gave an answer that it does not document, or the environment lacks a variable that Lambda sets";
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
        tracing::warn!(%error, failures, "the Lambda runtime failed and is run again");
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(failures - 1)).await;
    }
}

/// Runs `lambda_runtime` until it fails. It panics where the environment or an answer of the runtime
/// API lacks what Lambda promises.
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

/// An answer of the service.
///
/// `lambda_http` takes an [`axum::response::Response`] itself, and decodes a text in whatever
/// character set its `Content-Type` names: that takes the tables of all of them into the program,
/// 150 KB of its zip. The service's answers are JSON in UTF-8.
#[derive(Debug)]
struct Answer(http::Response<Body>);

impl Answer {
    async fn new(response: Response) -> Self {
        let (head, body) = response.into_parts();
        // It is in memory, so reading it does not fail.
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
