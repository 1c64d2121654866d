//! The AWS Lambda runtime, through `lambda_http`.

mod event;
mod request;

use std::convert::Infallible;

use axum::Router;
use axum::response::IntoResponse as _;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Request, service_fn};
use tower::{Service as _, ServiceExt as _};

use crate::Refusal;

/// Serves the invocations of this function instance until the platform ends it.
///
/// # Errors
///
/// The Lambda runtime API cannot be reached.
pub async fn serve_lambda(router: Router) -> Result<(), lambda_http::Error> {
    let gateway = Adapter::from(service_fn(move |request: Request| {
        router.clone().oneshot(request::from_lambda(request))
    }));
    let refusal = Adapter::from(service_fn(|_: Request| {
        std::future::ready(Ok::<_, Infallible>(Refusal::MalformedEvent.into_response()))
    }));
    let handler = service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        let (mut gateway, mut refusal) = (gateway.clone(), refusal.clone());
        let is_sound = event::make_convertible(&mut event.payload);
        async move {
            if is_sound {
                gateway.ready().await?.call(event).await
            } else {
                refusal.ready().await?.call(event).await
            }
        }
    });
    lambda_http::lambda_runtime::run(handler).await
}
