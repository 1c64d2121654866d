//! The handler of uploads: responds to the request and reports the upload's outcome.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use tracing::Instrument as _;

use super::{X_CONVERTED_FROM, X_METADATA_REMOVED};
use crate::context::RequestContext;
use crate::gateway::Gateway;
use crate::outcome::Outcome;
use crate::telemetry::{UploadEvent, spans};
use crate::trace_context::TraceContext;
use crate::upload;
use crate::upload_outcome::UploadOutcome;
use crate::upstream::pass_through;

/// Handles a request on the upload's path.
pub(super) async fn handle(
    State(gateway): State<Arc<Gateway>>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Response {
    let services = &gateway.services;
    let mode = services.credentials.mode();
    let span = spans::upload_span(TraceContext::from_headers(request.headers()).as_ref());
    let mut event = UploadEvent::begin(&services.telemetry, &context, mode, span.clone());
    let result = upload::handle(services, request, &mut event);
    let result = result.instrument(span).await;
    if let Err(rejection) = &result {
        event.record_rejection(rejection);
    }
    let outcome = event.request.outcome();
    let is_stored = outcome == Outcome::Stored;
    let converted_from = event.converted_from.filter(|_| is_stored);
    let removed = event
        .removed_kinds()
        .filter(|_| is_stored)
        .and_then(|kinds| HeaderValue::try_from(kinds).ok());
    let ended = UploadOutcome::of(&event, outcome);
    let mut response = match result {
        Ok(response) => pass_through(response),
        Err(rejection) => rejection.into_response(),
    };
    response.extensions_mut().insert(ended);
    event.request.add_session_token(response.headers_mut());
    if let Some(source) = converted_from {
        let source = HeaderValue::from_static(source);
        response.headers_mut().insert(X_CONVERTED_FROM, source);
    }
    if let Some(removed) = removed {
        response.headers_mut().insert(X_METADATA_REMOVED, removed);
    }
    response
}
