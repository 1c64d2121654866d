//! The AWS Lambda runtime, through `lambda_http`.

mod event;
mod request;

use axum::Router;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Request, service_fn};
use tower::{Service as _, ServiceExt as _};

use crate::service::MalformedEvent;

/// Serves the invocations of this function instance until the platform ends it.
///
/// # Errors
///
/// The Lambda runtime API cannot be reached.
pub async fn serve_lambda(router: Router) -> Result<(), lambda_http::Error> {
    let refusing = router.clone();
    let gateway = Adapter::from(service_fn(move |request: Request| {
        router.clone().oneshot(request::from_lambda(request))
    }));
    let refusal = Adapter::from(service_fn(move |request: Request| {
        let mut request = request::from_lambda(request);
        request.extensions_mut().insert(MalformedEvent);
        refusing.clone().oneshot(request)
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
