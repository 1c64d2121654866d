//! The AWS Lambda runtime, through `lambda_http`.
//!
//! An event is some megabytes of body in a kilobyte of everything else. `lambda_http` reads the
//! latter, whichever trigger the event is from; around it the body goes past: [`cut`] parks it
//! before the event is parsed, [`event`] takes it up again, [`request`] hands it to the service.
//! What [`cut`] leaves alone comes to the same end inside the event. [`answer`] is the way back.

mod answer;
mod cut;
mod event;
mod request;
mod segmented_body;
mod text;

#[cfg(test)]
mod agreement;

use axum::Router;
use lambda_http::lambda_runtime::{LambdaInvocation, Runtime};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Request, service_fn};
use tower::ServiceExt as _;
use tower::util::MapRequestLayer;

use answer::Answer;
use cut::Parked;

/// Serves the invocations of this function instance until the platform ends it.
///
/// # Errors
///
/// The Lambda runtime API cannot be reached.
pub async fn serve_lambda(router: Router) -> Result<(), lambda_http::Error> {
    let parked = Parked::default();
    let fetched = parked.clone();
    let handler = service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        let mut body = event::take_body(&mut event.payload, fetched.fetch());
        let router = router.clone();
        let gateway = service_fn(move |request: Request| {
            let request = request::from_lambda(request, body.take());
            let response = router.clone().oneshot(request);
            async { response.await.map(Answer::from) }
        });
        Adapter::from(gateway).oneshot(event)
    });
    let park = MapRequestLayer::new(move |mut invocation: LambdaInvocation| {
        parked.park(&mut invocation.body);
        invocation
    });
    Runtime::new(handler).layer(park).run().await
}
