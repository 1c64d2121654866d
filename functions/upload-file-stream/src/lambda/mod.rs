//! The AWS Lambda runtime, through `lambda_http`.
//!
//! An event is some megabytes of body in a kilobyte of everything else. `lambda_http` knows every
//! trigger's event, but parses an event once for each kind and copies the body each time. So
//! [`extract_body`] takes the body out before, `lambda_http` reads the little that is left, and
//! [`request`] puts the body in again. An event that does not lend itself to that goes the plain way;
//! a test shows that both ways agree on thousands of events, sound and broken.

mod extract_body;
mod request;

#[cfg(test)]
mod agreement;

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::response::Response;
use http_body_util::BodyExt as _;
use lambda_http::lambda_runtime::{LambdaInvocation, Runtime};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, IntoResponse, LambdaEvent, Request, service_fn};
use tower::ServiceExt as _;
use tower::util::MapRequestLayer;

use extract_body::{EventBody, extract_body};

/// Serves the invocations of this function instance until the platform ends it.
///
/// # Errors
///
/// The Lambda runtime API cannot be reached.
pub async fn serve_lambda(router: Router) -> Result<(), lambda_http::Error> {
    // Where a body waits from its event's arrival until the rest of the event was read. One place is
    // enough: an instance is handed one invocation after the other.
    let extracted: Arc<Mutex<Option<EventBody>>> = Arc::default();
    let waiting = Arc::clone(&extracted);
    let handler = service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        let body = lock(&waiting).take();
        let mut body = request::take_body(&mut event.payload, body);
        let router = router.clone();
        let gateway = service_fn(move |request: Request| {
            let request = request::from_lambda(request, body.take());
            let response = router.clone().oneshot(request);
            async { response.await.map(Answer) }
        });
        Adapter::from(gateway).oneshot(event)
    });
    let extract = MapRequestLayer::new(move |mut invocation: LambdaInvocation| {
        let (rest, body) = extract_body(&invocation.body).unzip();
        if let Some(rest) = rest {
            invocation.body = rest;
        }
        *lock(&extracted) = body;
        invocation
    });
    Runtime::new(handler).layer(extract).run().await
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer of the service.
///
/// `lambda_http` takes an [`axum::response::Response`] itself, and decodes a text in whatever
/// character set its `Content-Type` names: that takes the tables of all of them into the program,
/// 150 KB of its zip. The service's answers are JSON in UTF-8.
#[derive(Debug)]
struct Answer(Response);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = http::Response<Body>> + Send>> {
        Box::pin(async move {
            let (head, body) = self.0.into_parts();
            // It is in memory, so reading it does not fail.
            let body: Vec<u8> = body.collect().await.unwrap_or_default().to_bytes().into();
            let body = if body.is_empty() {
                Body::Empty
            } else {
                String::from_utf8(body)
                    .map_or_else(|error| Body::Binary(error.into_bytes()), Body::Text)
            };
            http::Response::from_parts(head, body)
        })
    }
}
