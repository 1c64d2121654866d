//! The limits of uploads, for clients that check a file before they send it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use ccmessaging_core::{Conversion, FileType};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::gateway::Gateway;

/// A deployment changes its limits rarely, but a change should apply soon.
const CACHED: &str = "public, max-age=300";

/// Responds with the supported types, their size limits and the conversions. It contains no secret and
/// costs nothing, so it needs no credentials.
pub(super) async fn handle(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, CACHED)];
    (headers, describe(&gateway).to_string())
}

fn describe(gateway: &Gateway) -> Value {
    let policy = &gateway.services.policy;
    let types = FileType::ALL.iter().map(|file_type| {
        json!({
            "fileType": file_type.name(),
            "extensions": file_type.spellings(),
            "mediaTypes": file_type.media_types(),
            "maxBytes": policy.limits.of(file_type.family()),
        })
    });
    let conversions = Conversion::ALL.iter().filter(|_| policy.convert_media);
    let conversions = conversions.map(|conversion| {
        json!({
            "from": conversion.source(),
            "extensions": conversion.extensions(),
            "mediaTypes": conversion.media_types(),
            "fileType": conversion.target().name(),
        })
    });
    json!({
        "maxBodyBytes": gateway.services.request.max_body_bytes,
        "types": types.collect::<Vec<_>>(),
        "conversions": conversions.collect::<Vec<_>>(),
    })
}
