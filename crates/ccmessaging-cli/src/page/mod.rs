//! Further routes of the local gateway: the API's description, and a page with both sides of a chat in
//! front of the simulated contact centre.

mod assets;
mod desk;
mod guard;
mod samples;
mod session;

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::Router;
use axum::extract::{Path, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ccmessaging_client::Secret;
use ccmessaging_core::FileType;
use ccmessaging_sandbox::{FaultPlan, Sandbox, StoredFile};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use assets::{ASSETS, PAGE};
use guard::{loopback, same_origin};
pub(crate) use session::random_hex;

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// The page may only load from its own origin, and cannot be framed. `blob:` is for previews of files
/// that are not sent yet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' blob:; media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Uploaded files must not run scripts.
const STORED_FILE_POLICY: &str = "default-src 'none'; media-src 'self'; sandbox";

/// Returns the route of the API's description.
pub(crate) fn description() -> Router {
    let description = async || response(JSON, POLICY, ccmessaging_gateway::OPENAPI_JSON);
    Router::new().route("/openapi.json", get(description))
}

/// The configuration of the page's routes.
pub(crate) struct PageConfig {
    /// The key of the gateway's tickets, if it demands them.
    pub(crate) ticket_key: Option<Secret>,
    /// The faults of the command line, which apply unless the page sets others.
    pub(crate) faults: FaultPlan,
    /// Whether only this machine can reach the gateway.
    pub(crate) is_local: bool,
}

/// Returns the page's routes. They hand out session tokens and stored files to anyone who can reach the
/// gateway, so they must only be used with a simulated upstream.
pub(crate) fn router(sandbox: &Arc<Sandbox>, config: PageConfig) -> Router {
    let ticket_key = config.ticket_key;
    let chat_session = async move |State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap| {
        session::open(&sandbox, ticket_key.as_ref(), &headers)
    };
    let router = ASSETS
        .into_iter()
        .flatten()
        .fold(Router::new(), |router, asset| {
            let file = async || response(asset.media_type, POLICY, asset.content);
            router.route(asset.path, get(file))
        })
        .route(
            "/",
            get(async || ([session::new_visitor()], response(HTML, POLICY, PAGE))),
        )
        .route("/session", get(session).post(session))
        .route(
            "/chat/session",
            post(chat_session).layer(from_fn(same_origin)),
        )
        .route("/samples/{name}", get(samples::sample))
        .route("/stored-files", get(stored_files))
        .route("/stored-files/{object_key}", get(stored_file))
        .with_state(Arc::clone(sandbox));
    if config.is_local {
        let desk = desk::router(Arc::clone(sandbox), config.faults);
        let router = router.merge(desk.layer(from_fn(same_origin)));
        router.layer(from_fn(loopback))
    } else {
        router
    }
}

/// Responds with a new `ccmessaging-token` in the format of `applyToken`.
async fn session(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let body = json!({"resultCode": "0", "token": sandbox.issue_session_token()});
    response(JSON, POLICY, body.to_string())
}

/// Responds with all stored files, the oldest first: `[{objectKey, fileType, bytes, storedAt}]`, the
/// time in milliseconds since 1970.
async fn stored_files(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let files: Value = sandbox.uploads().iter().map(file_json).collect();
    response(JSON, POLICY, files.to_string())
}

fn file_json(file: &StoredFile) -> Value {
    let stored_at = file.stored_at.duration_since(UNIX_EPOCH);
    json!({
        "objectKey": file.object_key,
        "fileType": file.file_type,
        "bytes": file.bytes_len,
        "storedAt": u64::try_from(stored_at.unwrap_or_default().as_millis()).unwrap_or_default(),
    })
}

/// Responds with the content of a stored file.
async fn stored_file(
    State(sandbox): State<Arc<Sandbox>>,
    Path(object_key): Path<String>,
) -> Response {
    let file = sandbox
        .uploads()
        .into_iter()
        .find(|file| file.object_key == object_key);
    let Some((file, content)) = file.zip(sandbox.file(&object_key)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    response(media_type(&file.file_type), STORED_FILE_POLICY, content)
}

/// Returns the media type of a file of the chat.
fn media_type(file_type: &str) -> &'static str {
    match file_type {
        "pdf" => "application/pdf",
        known => known
            .parse()
            .map_or("application/octet-stream", FileType::media_type),
    }
}

fn response(
    media_type: &'static str,
    policy: &'static str,
    content: impl IntoResponse,
) -> Response {
    let headers = [
        header(CONTENT_TYPE, media_type),
        header(CONTENT_SECURITY_POLICY, policy),
        header(X_CONTENT_TYPE_OPTIONS, "nosniff"),
        header(REFERRER_POLICY, "no-referrer"),
        // The next build may serve another page at the same address, and each request needs a new token.
        header(CACHE_CONTROL, "no-store"),
    ];
    (headers, content).into_response()
}

fn header(name: HeaderName, value: &'static str) -> (HeaderName, HeaderValue) {
    (name, HeaderValue::from_static(value))
}
