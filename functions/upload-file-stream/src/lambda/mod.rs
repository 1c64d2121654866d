//! The AWS Lambda runtime, through `lambda_http`.
//!
//! An event is several megabytes of body and a kilobyte of everything else. `lambda_http` supports the
//! events of every trigger, but parses an event once for each kind and copies the body each time. So
//! `body_layer` extracts the body first, `lambda_http` parses the rest, and `request` inserts the body
//! again, which saves three quarters of the CPU time of an event. An event whose body cannot be
//! extracted is parsed whole; a differential test compares both ways for thousands of valid and invalid
//! events.

mod body_layer;
mod extract_body;
mod limits;
mod query;
mod request;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod generator;

use std::convert::Infallible;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::header::VARY;
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt as _;
use lambda_http::lambda_runtime::Runtime;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, IntoResponse, LambdaEvent, Request, service_fn};
use tower::ServiceExt as _;
use tower::layer::layer_fn;

use body_layer::{Extracted, extracting};
use ccmessaging_gateway::{Malformed, fits_event_as_text};

/// The number of times in a row that the runtime may fail without serving an invocation.
const MAX_FAILURES: u32 = 5;

/// The pause after the first failure. Each further failure in a row doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Serves the invocations of this function instance until the platform ends it: one after the other, or
/// up to `AWS_LAMBDA_MAX_CONCURRENCY` at once.
///
/// # Errors
///
/// The Lambda runtime API cannot be reached or sends an undocumented response.
pub async fn serve_lambda(router: Router) -> Result<(), lambda_http::Error> {
    let has_served = Arc::new(AtomicBool::new(false));
    let mut failures = 0;
    loop {
        // A panic drops the whole runtime, so no broken state can be observed.
        let runtime = AssertUnwindSafe(run(router.clone(), Arc::clone(&has_served)));
        let ended = runtime.catch_unwind().await;
        let error = match ended {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => {
                let sentence = "the Lambda runtime API sent an undocumented response, or the environment lacks a variable that Lambda sets";
                return Err(sentence.into());
            }
        };
        if has_served.swap(false, Ordering::Relaxed) {
            failures = 0;
        }
        failures += 1;
        if failures == MAX_FAILURES {
            return Err(format!("the Lambda runtime API failed {failures} times: {error}").into());
        }
        tracing::warn!(%error, failures, "the Lambda runtime failed and restarts");
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(failures - 1)).await;
    }
}

/// Runs `lambda_runtime` until it fails. It panics if the environment or a response of the runtime API
/// lacks what Lambda documents.
async fn run(router: Router, has_served: Arc<AtomicBool>) -> Result<(), lambda_http::Error> {
    let handler = service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        let extracted = Extracted::of_this_invocation();
        let query = query::take_query(&mut event.payload);
        let mut body = request::take_body(&mut event.payload, extracted);
        let router = router.clone();
        let gateway = service_fn(move |request: Request| {
            let body = std::mem::replace(&mut body, Err(Malformed::Event));
            let request = request::from_lambda(request, &query, body);
            let response = router.clone().oneshot(request);
            async { Ok::<_, Infallible>(BufferedResponse::new(response.await?).await) }
        });
        Adapter::from(gateway).oneshot(event)
    });
    Runtime::new(handler)
        .layer(layer_fn(|inner| extracting(inner, Arc::clone(&has_served))))
        .run_concurrent()
        .await
}

/// A response of the service.
///
/// `lambda_http` also accepts an [`axum::response::Response`], but decodes a text body in the character
/// set of its `Content-Type`, which links the tables of all character sets: 150 KB of the zip. The
/// service's responses are JSON in UTF-8, except for downloaded files. Those are Base64 in the event unless
/// they happen to be UTF-8 without too many characters that a JSON string escapes.
#[derive(Debug)]
struct BufferedResponse(http::Response<Body>);

impl BufferedResponse {
    async fn new(response: Response) -> Self {
        let (mut head, body) = response.into_parts();
        join_vary(&mut head.headers);
        // The body is in memory, so reading it does not fail.
        let body: Vec<u8> = body.collect().await.unwrap_or_default().to_bytes().into();
        let body = if body.is_empty() {
            Body::Empty
        } else {
            match String::from_utf8(body) {
                Ok(text) if fits_event_as_text(&text) => Body::Text(text),
                Ok(text) => Body::Binary(text.into_bytes()),
                Err(error) => Body::Binary(error.into_bytes()),
            }
        };
        Self(http::Response::from_parts(head, body))
    }
}

/// Joins the values of `Vary`, because events have one value of each header.
fn join_vary(headers: &mut HeaderMap) {
    let values: Vec<&[u8]> = headers
        .get_all(VARY)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if values.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&values.join(&b", "[..]))
    {
        headers.insert(VARY, joined);
    }
}

impl IntoResponse for BufferedResponse {
    fn into_response(self) -> Pin<Box<dyn Future<Output = http::Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}
