//! The handlers of the chat's calls: respond to the request and report its outcome.

use std::any::Any;
use std::sync::Arc;

use axum::Extension;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};
use ccmessaging_client::ChatCallKind;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, VARY, X_CONTENT_TYPE_OPTIONS};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use super::middleware::refuse_malformed;
use crate::chat::Chat;
use crate::context::RequestContext;
use crate::gateway::Gateway;
use crate::rejection::{ChatRejection, Rejection};
use crate::telemetry::{ChatEvent, spans};
use crate::trace_context::TraceContext;

/// Creates the routes of the calls. They have separate middleware, because their error responses have other
/// members than those of uploads. The calls that the deployment does not serve have routes for that reason too.
pub(super) fn routes(gateway: &Arc<Gateway>) -> Router {
    let router = ChatCallKind::ALL
        .iter()
        .fold(Router::new(), |router, &kind| {
            let not_served = not_served(gateway);
            let chat = gateway.chat.as_ref();
            let handler = match chat.filter(|chat| chat.serves(kind)) {
                Some(chat) => served(gateway, chat, kind),
                None => not_served.clone(),
            };
            let path = kind.path();
            router
                .route(path, handler.clone())
                .route(&format!("{path}/"), handler)
                .route(&format!("{path}/{{*rest}}"), not_served)
        });
    router
        .layer(from_fn(refuse_malformed::<ChatRejection>))
        .layer(map_response(forbid_caching))
}

fn served(gateway: &Arc<Gateway>, chat: &Arc<Chat>, kind: ChatCallKind) -> MethodRouter {
    let (gateway, chat) = (Arc::clone(gateway), Arc::clone(chat));
    let handler = any(
        move |Extension(context): Extension<RequestContext>, request: Request| {
            let (gateway, chat) = (Arc::clone(&gateway), Arc::clone(&chat));
            async move { handle(&gateway, &chat, kind, &context, request).await }
        },
    );
    // As for uploads, the response does not contain the panic's message.
    handler.layer(CatchPanicLayer::custom(move |_: Box<dyn Any + Send>| {
        ChatRejection::Panicked {
            is_message: kind.is_message(),
        }
        .into_response()
    }))
}

fn not_served(gateway: &Arc<Gateway>) -> MethodRouter {
    let gateway = Arc::clone(gateway);
    any(async move || {
        gateway
            .services
            .telemetry
            .count_rejection(&Rejection::UnknownPath);
        ChatRejection::NotServed
    })
}

async fn handle(
    gateway: &Gateway,
    chat: &Chat,
    kind: ChatCallKind,
    context: &RequestContext,
    request: Request,
) -> Response {
    let services = &gateway.services;
    let mode = services.credentials.mode();
    let trace = TraceContext::from_headers(request.headers());
    let span = spans::chat_span(kind.name(), trace.as_ref());
    let mut event = ChatEvent::begin(&services.telemetry, context, mode, kind, span.clone());
    let result = chat.handle(services, request, &mut event);
    let result = result.instrument(span).await;
    if let Err(rejection) = &result {
        event.record_rejection(rejection);
    }
    let mut response = result.unwrap_or_else(ChatRejection::into_response);
    event.request.add_session_token(response.headers_mut());
    if kind == ChatCallKind::Download {
        response
            .headers_mut()
            .insert(VARY, HeaderValue::from_static("accept"));
    }
    response
}

/// The responses contain a customer's messages and files, and no cache may keep them.
async fn forbid_caching(response: Response) -> impl IntoResponse {
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, response)
}
