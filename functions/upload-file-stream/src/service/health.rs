//! Whether the service is there at all: for load balancers and supervisors.

use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::Refusal;

/// The path that tells it.
pub const HEALTH_PATH: &str = "/healthz";

/// What a healthy service answers. The upstream is not asked: whether it is there is no reason to
/// restart the gateway, and a probe must cost nothing.
const HEALTHY: &str = r#"{"status":"ok"}"#;

pub(super) async fn handle() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, HEALTHY).into_response()
}

pub(super) async fn other_method() -> Refusal {
    Refusal::MethodNotAllowed {
        allowed: "GET, HEAD",
    }
}
