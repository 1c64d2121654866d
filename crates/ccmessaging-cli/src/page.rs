//! What the local gateway serves besides the API: what a web page beside it needs.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ccmessaging_sandbox::Sandbox;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::json;

/// The page's routes; `/session` only with a simulated upstream, whose tokens are worth nothing.
pub(crate) fn router(sandbox: Option<Arc<Sandbox>>) -> Router {
    let router = Router::new();
    match sandbox {
        Some(sandbox) => router.merge(
            Router::new()
                .route("/session", get(session))
                .with_state(sandbox),
        ),
        None => router,
    }
}

/// A fresh `ccmessaging-token` in the words of `applyToken`.
async fn session(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let answer = json!({"resultCode": "0", "token": sandbox.issue_session_token()});
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, answer.to_string()).into_response()
}
