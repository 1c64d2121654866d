//! The agent's desk over HTTP: conversations, replies, and switches for what can go wrong.
//!
//! | route | response |
//! |---|---|
//! | `GET /desk/conversations` | `{"conversations": [..], "busy": false}`, each as the sandbox's `Conversation` |
//! | `POST /desk/conversations/{userId}/messages` | 201; the body is `{"text": ".."}` or `{"file": {"name": "offer.pdf", "base64": ".."}}` |
//! | `POST /desk/conversations/{userId}/end` | 204 |
//! | `GET /desk/files/{objectKey}` | the file, as an attachment |
//! | `PUT` or `DELETE /desk/busy` | 204; the contact centre rejects uploads and messages with 503, or no longer |
//! | `POST /desk/expire-sessions` | 204; all session tokens are revoked |

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use ccmessaging_sandbox::{Call, Desk, DeskError, Fault, FaultPlan, MessageFile, Sandbox};
use data_encoding::BASE64;
use http::header::CONTENT_DISPOSITION;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{JSON, POLICY, STORED_FILE_POLICY, media_type, response};

/// The largest reply: a file of 6 MB in Base64.
const MAX_REPLY_BYTES: usize = 8 * 1024 * 1024;

/// The wait that a busy contact centre asks for: longer than the gateway's own retries may last, so that
/// the browser receives the 503 at once.
const RETRY_AFTER_SECONDS: u64 = 30;

#[derive(Clone)]
struct DeskState {
    sandbox: Arc<Sandbox>,
    desk: Desk,
    faults: FaultPlan,
}

/// Returns the desk's routes. `faults` are in effect unless the contact centre is busy.
pub(super) fn router(sandbox: Arc<Sandbox>, faults: FaultPlan) -> Router {
    let desk = sandbox.desk();
    Router::new()
        .route("/desk/conversations", get(conversations))
        .route("/desk/conversations/{user_id}/messages", post(reply))
        .route("/desk/conversations/{user_id}/end", post(end))
        .route("/desk/files/{object_key}", get(file))
        .route("/desk/busy", put(busy).delete(idle))
        .route("/desk/expire-sessions", post(expire_sessions))
        .layer(DefaultBodyLimit::max(MAX_REPLY_BYTES))
        .with_state(DeskState {
            sandbox,
            desk,
            faults,
        })
}

async fn conversations(State(state): State<DeskState>) -> Response {
    let body = json!({
        "conversations": state.desk.conversations(),
        "busy": state.sandbox.faults() != state.faults,
    });
    response(JSON, POLICY, body.to_string())
}

/// A text or a file.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Reply {
    Text(String),
    File(ReplyFile),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyFile {
    name: String,
    base64: String,
}

async fn reply(
    State(state): State<DeskState>,
    Path(user_id): Path<String>,
    body: Bytes,
) -> Response {
    let Ok(reply) = serde_json::from_slice(&body) else {
        return rejected(
            StatusCode::BAD_REQUEST,
            "send {\"text\": \"..\"} or {\"file\": {\"name\": \"..\", \"base64\": \"..\"}}",
        );
    };
    let sent = match reply {
        Reply::Text(text) => state.desk.reply_text(&user_id, text).map(|()| json!({})),
        Reply::File(ReplyFile { name, base64 }) => {
            let Ok(content) = BASE64.decode(base64.as_bytes()) else {
                return rejected(StatusCode::BAD_REQUEST, "base64 is not padded Base64");
            };
            let file_type = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            let file_type = match file_type.to_ascii_lowercase().as_str() {
                "jpeg" => "jpg".to_owned(),
                other => other.to_owned(),
            };
            state
                .desk
                .reply_file(&user_id, &name, content, &file_type)
                .map(|object_key| json!({"objectKey": object_key}))
        }
    };
    match sent {
        Ok(body) => (
            StatusCode::CREATED,
            response(JSON, POLICY, body.to_string()),
        )
            .into_response(),
        Err(error) => not_sent(&error),
    }
}

async fn end(State(state): State<DeskState>, Path(user_id): Path<String>) -> Response {
    match state.desk.end(&user_id) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => not_sent(&error),
    }
}

fn not_sent(error: &DeskError) -> Response {
    let status = match error {
        DeskError::NoConversation => StatusCode::NOT_FOUND,
        DeskError::NotWithAgent => StatusCode::CONFLICT,
        _ => StatusCode::BAD_REQUEST,
    };
    rejected(status, &error.to_string())
}

fn rejected(status: StatusCode, problem: &str) -> Response {
    let body = json!({"error": problem});
    (status, response(JSON, POLICY, body.to_string())).into_response()
}

async fn file(State(state): State<DeskState>, Path(object_key): Path<String>) -> Response {
    let Some((file, content)) = state.desk.file(&object_key) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = response(media_type(&file.file_type), STORED_FILE_POLICY, content);
    let disposition = HeaderValue::from_str(&disposition(&file));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    response
        .headers_mut()
        .insert(CONTENT_DISPOSITION, disposition);
    response
}

/// Returns an `attachment` with the file's name, in which other than harmless characters are replaced.
fn disposition(file: &MessageFile) -> String {
    let key = file.object_key.get(..8).unwrap_or_default();
    let default = format!("file-{key}.{}", file.file_type);
    let name = file.name.as_deref().unwrap_or(&default);
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || " -_.".contains(c);
    let name = name.replace(|c| !is_harmless(c), "_");
    format!("attachment; filename=\"{name}\"")
}

async fn busy(State(state): State<DeskState>) -> StatusCode {
    let fault = || Fault::status(503).retry_after(RETRY_AFTER_SECONDS);
    let calls = [Call::UploadFileStream, Call::Send, Call::SendAsync];
    let plan = calls.map(|call| fault().on(call));
    state.sandbox.set_faults(plan);
    StatusCode::NO_CONTENT
}

async fn idle(State(state): State<DeskState>) -> StatusCode {
    state.sandbox.set_faults(state.faults.clone());
    StatusCode::NO_CONTENT
}

async fn expire_sessions(State(state): State<DeskState>) -> StatusCode {
    state.sandbox.revoke_session_tokens();
    StatusCode::NO_CONTENT
}
