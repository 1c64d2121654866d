//! What Prometheus reads, on an address of its own.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::Gateway;
use crate::telemetry;

/// The path below which the metrics are.
pub const METRICS_PATH: &str = "/metrics";

/// The metrics as an axum router, to be served where only the operator can read them.
pub fn metrics_router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route(METRICS_PATH, get(handle))
        .with_state(gateway)
}

async fn handle(State(gateway): State<Arc<Gateway>>) -> Response {
    let fetches = gateway.credentials.token_fetches();
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static(telemetry::CONTENT_TYPE),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, gateway.metrics.prometheus_text(fetches)).into_response()
}
