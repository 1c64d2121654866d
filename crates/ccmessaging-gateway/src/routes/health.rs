//! Health, readiness and metrics, for load balancers, supervisors and Prometheus.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;
use ccmessaging_client::{BaseUrl, Deadline};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, StatusCode, Uri};

use super::middleware::refuse_malformed;
use crate::gateway::Gateway;
use crate::local_http;
use crate::rejection::Rejection;
use crate::telemetry;

/// The path that reports whether the server serves.
pub const HEALTH_PATH: &str = "/healthz";

/// The path that reports whether uploads can have credentials.
pub const READY_PATH: &str = "/readyz";

/// The path below which the metrics are.
pub const METRICS_PATH: &str = "/metrics";

/// The response of a healthy service. It does not depend on the upstream, since a restart of the gateway
/// would not repair that, and a probe must cost nothing.
const HEALTHY: &str = r#"{"status":"ok"}"#;

const READY: &str = r#"{"status":"ready"}"#;
const NOT_READY: &str = r#"{"status":"no access token"}"#;

/// Checks that a gateway on this machine responds with status 200 at `url`, which has the path
/// [`HEALTH_PATH`] or [`READY_PATH`]. For container images without an HTTP client.
///
/// # Errors
///
/// The problem as a phrase without the URL.
pub async fn check_health(url: &str, deadline: Deadline) -> Result<(), String> {
    let uri: Uri = url.parse().map_err(|_| "not a URL")?;
    BaseUrl::allowing_http(url).map_err(|error| error.to_string())?;
    let response = local_http::get(&uri, HeaderMap::new(), deadline).await?;
    match response.status {
        StatusCode::OK => Ok(()),
        status => Err(format!("status {}", status.as_u16())),
    }
}

pub(super) async fn handle() -> impl IntoResponse {
    uncached("application/json", HEALTHY)
}

/// Reports readiness: an instance that never obtained an access token has a wrong configuration, and a
/// rollout should stop there.
pub(super) async fn ready(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    if gateway.services.credentials.is_ready().await {
        (StatusCode::OK, uncached("application/json", READY))
    } else {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        (status, uncached("application/json", NOT_READY))
    }
}

pub(super) async fn other_method() -> Rejection {
    Rejection::MethodNotAllowed {
        allowed: "GET, HEAD",
    }
}

/// The metrics as an axum router, to be served where only the operator can read them.
pub fn metrics_router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route(METRICS_PATH, get(metrics))
        .layer(from_fn(refuse_malformed))
        .with_state(gateway)
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    uncached(
        telemetry::CONTENT_TYPE,
        gateway.services.telemetry.prometheus_text(),
    )
}

fn uncached(media_type: &'static str, body: impl IntoResponse) -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-store")];
    (headers, body)
}
