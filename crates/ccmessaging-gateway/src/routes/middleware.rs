//! The middleware of every route: the request's context, CORS, and a response if a handler panics.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use ccmessaging_client::{CCMESSAGING_TOKEN, X_APP_KEY};
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::chat::X_CHAT_TICKET;
use crate::config::AllowedOrigins;
use crate::context::{Malformed, RequestContext, X_REQUEST_ID};
use crate::rejection::Rejection;
use crate::trace_context::{TRACEPARENT, TRACESTATE};

/// The kinds of metadata that were removed from a stored file, such as `exif, xmp`.
pub(crate) const X_METADATA_REMOVED: HeaderName = HeaderName::from_static("x-metadata-removed");

/// The format that a stored file was converted from, such as `mov`.
pub(crate) const X_CONVERTED_FROM: HeaderName = HeaderName::from_static("x-converted-from");

/// How long a browser may cache a preflight response: an hour, so that a shortened list of origins
/// takes effect soon. (Chromium caches for at most two hours.)
const MAX_AGE: Duration = Duration::from_secs(3600);

/// Headers that scripts add to every request of their page. A browser blocks the upload of such a page
/// unless they are allowed. They carry no authority, and the gateway neither reads nor forwards them.
const HARMLESS: [&str; 19] = [
    // Upload libraries, such as Dropzone, and scripts that circumvent caches.
    "cache-control",
    "expires",
    "if-modified-since",
    "pragma",
    "x-requested-with",
    // Tracing in browsers: Sentry, Datadog, New Relic, Elastic, Application Insights, Zipkin.
    "b3",
    "baggage",
    "elastic-apm-traceparent",
    "newrelic",
    "request-context",
    "request-id",
    "sentry-trace",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-datadog-origin",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "x-datadog-trace-id",
];

/// Adds the responses to malformed requests and panics.
pub(super) fn with_responses(router: Router) -> Router {
    router
        .layer(middleware::from_fn(refuse_malformed))
        .layer(CatchPanicLayer::custom(panicked))
}

/// Adds CORS and the identifier. They are the outermost layers, because rejections and panics need both:
/// a browser shows its page only responses with the CORS headers.
pub(super) fn with_headers(router: Router, origins: &AllowedOrigins, has_chat: bool) -> Router {
    allow_origins(router, origins, has_chat).layer(middleware::from_fn(identify))
}

/// Adds the context, unless the platform has done so, and its identifier to the response.
///
/// The request identifier layers of `tower-http` are not used, because they adopt the caller's header,
/// and a caller must not choose the identifier in the log.
async fn identify(mut request: Request, next: Next) -> Response {
    let context = request.extensions().get::<RequestContext>().cloned();
    let context = context.unwrap_or_else(|| RequestContext::over_http(request.headers()));
    let id = HeaderValue::from_str(&context.request_id);
    request.extensions_mut().insert(context);
    let mut response = next.run(request).await;
    if let Ok(id) = id {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

/// Rejects malformed requests, for routes that an application adds to the gateway's: those with several `Host`
/// headers, for example. Use it with [`axum::middleware::from_fn`].
pub async fn refuse_malformed(request: Request, next: Next) -> Response {
    refuse_malformed_as::<Rejection>(request, next).await
}

/// Rejects malformed requests, with the members that `R` has.
pub(super) async fn refuse_malformed_as<R>(request: Request, next: Next) -> Response
where
    R: From<Rejection> + IntoResponse,
{
    match request.extensions().get::<Malformed>() {
        Some(malformed) => R::from(Rejection::from(*malformed)).into_response(),
        None => next.run(request).await,
    }
}

/// Returns the response for a request whose handler panicked. It does not contain the panic's message,
/// which may quote data; the panic hook logs the location.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Rejection::Panicked.into_response()
}

/// Adds the CORS headers (Fetch standard) to every response, errors included, and responds to every
/// OPTIONS request. Without an allowed origin, it changes nothing.
fn allow_origins(router: Router, origins: &AllowedOrigins, has_chat: bool) -> Router {
    let origins = match origins {
        AllowedOrigins::None => return router,
        AllowedOrigins::Any => AllowOrigin::any(),
        AllowedOrigins::Only(origins) => AllowOrigin::list(origins.clone()),
    };
    let allowed = [
        CCMESSAGING_TOKEN,
        X_APP_KEY,
        AUTHORIZATION,
        CONTENT_TYPE,
        // A page whose requests are traced could not upload otherwise.
        TRACEPARENT,
        TRACESTATE,
    ];
    let allowed = allowed
        .into_iter()
        .chain(has_chat.then_some(X_CHAT_TICKET))
        .chain(HARMLESS.map(HeaderName::from_static));
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::list(allowed))
        .expose_headers([
            CCMESSAGING_TOKEN,
            X_CONVERTED_FROM,
            X_METADATA_REMOVED,
            X_REQUEST_ID,
            RETRY_AFTER,
        ])
        .max_age(MAX_AGE);
    router.layer(layer).layer(middleware::from_fn(preflight))
}

/// Changes `CorsLayer`'s response to a preflight request, an empty 200, to 204. Rejects a malformed one,
/// which `CorsLayer` would answer too.
async fn preflight(request: Request, next: Next) -> Response {
    if request.method() != Method::OPTIONS {
        return next.run(request).await;
    }
    if let Some(malformed) = request.extensions().get::<Malformed>() {
        return Rejection::from(*malformed).into_response();
    }
    let mut response = next.run(request).await;
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
