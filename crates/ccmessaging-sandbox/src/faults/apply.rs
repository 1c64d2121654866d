//! Turning an answer into what a fault makes of it.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::header::{LOCATION, RETRY_AFTER};

use super::fault::{Fault, Kind, ResetPoint};
use super::slow_bodies::{Drip, Huge};
use crate::answer::{Answer, Code, Shape};
use crate::server::wire::{self, Ending, Finale};

/// What is to happen on the connection.
pub(crate) enum Delivery {
    /// An answer that hyper sends.
    Answer(Response),
    /// Bytes that are written past hyper, and the end of the connection.
    Finale(Finale),
}

/// What the log shows of a delivery.
pub(crate) struct Shown {
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: Option<&'static str>,
}

/// What is sent in place of `answer`, which is `None` if the fault kept the call from being carried
/// out. Without a fault, that is `answer` itself.
pub(crate) fn deliver(
    fault: Option<&Fault>,
    shape: Shape,
    answer: Option<Answer>,
) -> (Shown, Delivery) {
    let answer = match (fault, answer) {
        (_, Some(answer)) => answer,
        (Some(fault), None) => replacement(&fault.kind, shape),
        (None, None) => failure(shape, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let mut shown = Shown {
        status: Some(answer.status),
        code: answer.code,
    };
    let delivery = match fault.map(|fault| &fault.kind) {
        Some(Kind::Reset(point)) => {
            if *point == ResetPoint::BeforeAnswer {
                shown = Shown {
                    status: None,
                    code: None,
                };
            }
            Delivery::Finale(Finale {
                bytes: until(*point, &answer),
                ending: Ending::Reset,
            })
        }
        Some(Kind::Cut) => Delivery::Finale(Finale {
            bytes: until(ResetPoint::MidBody, &answer),
            ending: Ending::Close,
        }),
        Some(Kind::Truncate) => Delivery::Answer(respond(Answer {
            body: half(&answer.body),
            ..answer
        })),
        Some(Kind::Huge { bytes }) => {
            Delivery::Answer(respond(answer).map(|_| Body::new(Huge::new(*bytes))))
        }
        Some(Kind::Drip { pause, chunk_bytes }) => {
            let body = Drip::new(answer.body.clone(), *pause, *chunk_bytes);
            Delivery::Answer(respond(answer).map(|_| Body::new(body)))
        }
        Some(
            Kind::Late | Kind::Status { .. } | Kind::Redirect { .. } | Kind::Garbage | Kind::Html,
        )
        | None => Delivery::Answer(respond(answer)),
    };
    (shown, delivery)
}

/// An answer as hyper sends it.
pub(crate) fn respond(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// The answer to a call that was not carried out.
fn replacement(kind: &Kind, shape: Shape) -> Answer {
    match kind {
        Kind::Status {
            code,
            retry_after_seconds,
            body,
        } => {
            let status = status(*code);
            let answer = match body {
                None => failure(shape, status),
                Some(text) if text.starts_with('{') => {
                    Answer::with_body(status, "application/json", text.clone())
                }
                Some(text) => Answer::with_body(status, "text/plain; charset=utf-8", text.clone()),
            };
            match retry_after_seconds {
                Some(seconds) => answer.header(RETRY_AFTER, &seconds.to_string()),
                None => answer,
            }
        }
        Kind::Redirect { code, location } => {
            let location = location.as_deref().unwrap_or("/redirected");
            Answer::empty(status(*code)).header(LOCATION, location)
        }
        Kind::Garbage => Answer::with_body(
            StatusCode::OK,
            "application/json",
            // Bytes that UTF-8 never uses, a NUL, and something that looks like gzip.
            Bytes::from_static(b"\xff\xfe\x00\x1f\x8b\x08garbage\xc0\xc1"),
        ),
        Kind::Html => Answer::with_body(
            StatusCode::OK,
            "text/html; charset=utf-8",
            "<!doctype html><html><head><title>Sign in</title></head>\
             <body><h1>Please sign in to the network</h1></body></html>",
        ),
        Kind::Huge { .. } => Answer::with_body(StatusCode::OK, "application/json", ""),
        Kind::Late | Kind::Reset(_) | Kind::Truncate | Kind::Cut | Kind::Drip { .. } => {
            failure(shape, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The documented failure of a call.
fn failure(shape: Shape, status: StatusCode) -> Answer {
    Answer::coded(shape, status, Code::StoringFailed, [])
}

/// A status that the fault's constructors have checked.
fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The bytes of `answer` that go out before `point`.
fn until(point: ResetPoint, answer: &Answer) -> Bytes {
    let mut bytes = wire::head(answer);
    match point {
        ResetPoint::BeforeAnswer => bytes.clear(),
        ResetPoint::AfterHeaders => {}
        ResetPoint::MidBody => bytes.extend_from_slice(&half(&answer.body)),
    }
    bytes.freeze()
}

fn half(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}
