//! The HTTP service: one router for the plain server and for Lambda.

mod health;
mod middleware;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use ccmessaging_client::UPLOAD_PATH;

pub use health::{HEALTH_PATH, METRICS_PATH, READY_PATH, metrics_router};
pub use middleware::{X_METADATA_REMOVED, X_REQUEST_ID};

use crate::rejection::Rejection;
use crate::upload::Gateway;

/// Returns the service as an axum router, for this crate's server or for your own application.
///
/// Pass the platform, the request ID and the deadline in a [`RequestContext`](crate::RequestContext)
/// extension; without one, the request is handled like one from the plain HTTP server.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let origins = gateway.allowed_origins.clone();
    let router = Router::new()
        .route(UPLOAD_PATH, any(upload::handle))
        .route(&format!("{UPLOAD_PATH}/"), any(upload::handle))
        .route(
            HEALTH_PATH,
            get(health::handle).fallback(health::other_method),
        )
        .route(
            READY_PATH,
            get(health::ready).fallback(health::other_method),
        )
        .fallback(unknown_path)
        .with_state(gateway);
    middleware::with_middleware(router, &origins)
}

async fn unknown_path() -> Rejection {
    Rejection::UnknownPath
}
