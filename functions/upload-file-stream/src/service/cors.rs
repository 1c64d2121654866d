//! Lets pages of allowed origins call the gateway from a browser (CORS, the Fetch standard).

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{Method, StatusCode};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::X_REQUEST_ID;
use crate::config::AllowedOrigins;
use crate::trace_context::{TRACEPARENT, TRACESTATE};
use crate::upstream::{CCMESSAGING_TOKEN, X_APP_KEY};

/// How long a browser may keep the answer to a preflight request: an hour, so that a narrowed list
/// soon applies. (Chromium keeps none for longer than two.)
const MAX_AGE: Duration = Duration::from_secs(3600);

/// Puts the CORS headers on every answer, refusals and errors included, and answers every OPTIONS
/// request itself; without an allowed origin, changes nothing.
pub(super) fn allow(router: Router, origins: &AllowedOrigins) -> Router {
    let origins = match origins {
        AllowedOrigins::None => return router,
        AllowedOrigins::Any => AllowOrigin::any(),
        AllowedOrigins::Only(origins) => AllowOrigin::list(origins.clone()),
    };
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::POST])
        .allow_headers([
            CCMESSAGING_TOKEN,
            X_APP_KEY,
            AUTHORIZATION,
            CONTENT_TYPE,
            // A page whose requests are traced could not upload otherwise.
            TRACEPARENT,
            TRACESTATE,
        ])
        .expose_headers([CCMESSAGING_TOKEN, X_REQUEST_ID, RETRY_AFTER])
        .max_age(MAX_AGE);
    router.layer(layer).layer(middleware::from_fn(no_content))
}

/// The layer answers a preflight request with an empty 200, which is a 204 in better words.
async fn no_content(request: Request, next: Next) -> Response {
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if is_preflight {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}
