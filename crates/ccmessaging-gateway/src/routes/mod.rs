//! The HTTP service: one router for requests from all platforms.

mod chat;
mod health;
mod limits;
mod middleware;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use ccmessaging_client::UPLOAD_PATH;

pub use health::{HEALTH_PATH, METRICS_PATH, READY_PATH, check_health, metrics_router};
pub use middleware::refuse_malformed;
pub(crate) use middleware::{X_CONVERTED_FROM, X_METADATA_REMOVED};

use crate::gateway::Gateway;
use crate::rejection::Rejection;

/// Creates the service as an axum router, for the server of this crate or for another application.
///
/// It serves [`UPLOAD_PATH`], [`HEALTH_PATH`], [`READY_PATH`] and the configured calls of the chat, which are
/// beside the upload's path, and rejects all other paths.
///
/// A [`RequestContext`](crate::RequestContext) extension describes where a request was received; a request
/// without one counts as received by the plain HTTP server. The response to an upload has the extension
/// [`UploadOutcome`](crate::UploadOutcome), unless the request was malformed or its handler panicked.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let origins = gateway.allowed_origins.clone();
    let has_chat = gateway.chat.is_some();
    let chat = chat::routes(&gateway);
    // POST is routed explicitly, because axum adds `Allow` to the responses of a fallback.
    let upload = get(limits::handle)
        .post(upload::handle)
        .fallback(upload::handle);
    let router = Router::new()
        .route(UPLOAD_PATH, upload.clone())
        .route(&format!("{UPLOAD_PATH}/"), upload)
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
    let router = middleware::with_responses(router).merge(chat);
    middleware::with_headers(router, &origins, has_chat)
}

async fn unknown_path(State(gateway): State<Arc<Gateway>>) -> Rejection {
    gateway
        .services
        .telemetry
        .count_rejection(&Rejection::UnknownPath);
    Rejection::UnknownPath
}
