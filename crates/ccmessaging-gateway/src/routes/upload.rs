//! The handler of uploads: responds to the request and reports the upload's outcome.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use ccmessaging_client::{CCMESSAGING_TOKEN, CallResponse, UploadResponse};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use tracing::Instrument as _;

use super::{X_CONVERTED_FROM, X_METADATA_REMOVED};
use crate::context::RequestContext;
use crate::gateway::Gateway;
use crate::outcome::Outcome;
use crate::telemetry::{UploadEvent, spans};
use crate::trace_context::TraceContext;
use crate::upload;
use crate::upload_outcome::UploadOutcome;

/// Handles a request on the upload's path.
pub(super) async fn handle(
    State(gateway): State<Arc<Gateway>>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Response {
    let services = &gateway.services;
    let mode = services.credentials.mode();
    let mut event = UploadEvent::begin(&services.telemetry, &context, mode);
    let span = spans::upload_span(TraceContext::from_headers(request.headers()).as_ref());
    let result = upload::handle(services, request, &mut event);
    let result = result.instrument(span.clone()).await;
    if let Err(rejection) = &result {
        event.record_rejection(rejection);
    }
    let outcome = event.request.outcome();
    spans::record_outcome(&span, outcome);
    let is_stored = outcome == Outcome::Stored;
    let converted_from = event.converted_from.filter(|_| is_stored);
    let removed = event
        .removed_kinds()
        .filter(|_| is_stored)
        .and_then(|kinds| HeaderValue::try_from(kinds).ok());
    let ended = UploadOutcome::of(&event, outcome);
    let session_token = event.finish();
    let mut response = match result {
        Ok(response) => pass_through(response),
        Err(rejection) => rejection.into_response(),
    };
    response.extensions_mut().insert(ended);
    // The caller needs the newest session token, also if the upload failed.
    if let Some(token) = session_token {
        response.headers_mut().insert(CCMESSAGING_TOKEN, token);
    }
    if let Some(source) = converted_from {
        let source = HeaderValue::from_static(source);
        response.headers_mut().insert(X_CONVERTED_FROM, source);
    }
    if let Some(removed) = removed {
        response.headers_mut().insert(X_METADATA_REMOVED, removed);
    }
    response
}

/// Returns the upstream's response unchanged.
fn pass_through(response: CallResponse<UploadResponse>) -> Response {
    let mut reply = Response::new(Body::from(response.body));
    *reply.status_mut() = response.status;
    *reply.headers_mut() = response.headers;
    let json = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(CONTENT_TYPE, json);
    reply
}
