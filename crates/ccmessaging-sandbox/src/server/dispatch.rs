//! From a request to its answer, faults included.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use axum::{Extension, Router};
use http::StatusCode;
use tokio::time::Instant;

use super::body::{self, Unread};
use super::wire::ConnectionHandle;
use crate::answer::{Answer, Code, Shape};
use crate::call::Call;
use crate::calls::Refusal;
use crate::exchange::Exchange;
use crate::faults::Kind;
use crate::faults::apply::{self, Delivery, Way};
use crate::upstream::Upstream;

type Shared = State<Arc<Upstream>>;

/// The four calls; anything else is answered with 404 or 405.
pub(super) fn router(upstream: Arc<Upstream>) -> Router {
    let mut router = Router::new();
    for call in Call::ALL {
        router = router.route(call.path(), route(call));
    }
    router
        .fallback(|State(upstream): Shared, request: Request| async move {
            turn_away(&upstream, request, StatusCode::NOT_FOUND).await
        })
        .method_not_allowed_fallback(|State(upstream): Shared, request: Request| async move {
            turn_away(&upstream, request, StatusCode::METHOD_NOT_ALLOWED).await
        })
        .with_state(upstream)
}

fn route(call: Call) -> MethodRouter<Arc<Upstream>> {
    post(
        move |State(upstream): Shared,
              Extension(connection): Extension<ConnectionHandle>,
              request: Request| async move { serve(call, &upstream, connection, request).await },
    )
}

async fn serve(
    call: Call,
    upstream: &Upstream,
    connection: ConnectionHandle,
    request: Request,
) -> Response {
    let started = Instant::now();
    upstream.counters.count_request();
    upstream.counters.count_call(call);
    let fault = upstream.faults.next(call);
    let shape = call.shape(upstream);

    // The body is read even if the call is not carried out: closing a socket with unread data would
    // reset the connection, and only a fault may do that.
    let (head, body) = request.into_parts();
    let read = body::read(body, upstream.settings.max_body_bytes).await;
    let answer = async {
        match read.body {
            Ok(body) => call.carry_out(upstream, &head.headers, body).await,
            Err(Unread::TooLarge) => Refusal::TooLarge.answer(shape),
            Err(Unread::BrokenOff) => Refusal::BadRequest.answer(shape),
        }
    };
    let delivery = match fault.as_ref().map(|fault| &fault.kind) {
        None => Delivery::of(answer.await),
        Some(Kind::Spoilt(spoilt)) => apply::spoil(spoilt, answer.await),
        Some(Kind::Instead(instead)) => apply::instead(instead, shape),
    };
    if let Some(delay) = fault.as_ref().and_then(|fault| fault.delay) {
        tokio::time::sleep(delay).await;
    }

    Exchange {
        call: Some(call),
        request_bytes: read.bytes_len,
        status: delivery.status,
        code: delivery.code,
        fault: fault.map(|fault| fault.to_string()),
        elapsed: started.elapsed(),
    }
    .report(upstream.settings.observer.as_ref());
    match delivery.way {
        Way::Hyper(response) => response,
        Way::Wire(finale) => match connection.end(finale).await {},
    }
}

/// Answers what is not one of the calls.
async fn turn_away(upstream: &Upstream, request: Request, status: StatusCode) -> Response {
    let started = Instant::now();
    upstream.counters.count_request();
    let read = body::read(request.into_body(), upstream.settings.max_body_bytes).await;
    let shape = Shape::from(upstream.settings.spelling);
    let answer = Answer::coded(shape, status, Code::IncorrectParameter, []);
    Exchange {
        call: None,
        request_bytes: read.bytes_len,
        status: Some(status),
        code: answer.code,
        fault: None,
        elapsed: started.elapsed(),
    }
    .report(upstream.settings.observer.as_ref());
    answer.into_response()
}
