//! Turning an answer into what a fault makes of it.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::header::{LOCATION, RETRY_AFTER};

use super::fault::{Instead, Spoilt};
use super::slow_bodies::{Drip, Huge};
use crate::answer::{Answer, Code, Shape};
use crate::server::wire::{self, Ending, Finale};

/// What is to happen on the connection.
pub(crate) struct Delivery {
    /// The status that the caller gets to see, if any.
    pub(crate) status: Option<StatusCode>,
    /// What the log shows of the body.
    pub(crate) code: Option<&'static str>,
    pub(crate) way: Way,
}

/// How an answer reaches the caller.
pub(crate) enum Way {
    /// hyper sends it.
    Hyper(Response),
    /// It is written past hyper, and the connection ends.
    Wire(Finale),
}

impl Delivery {
    /// `answer`, unspoilt.
    pub(crate) fn of(answer: Answer) -> Self {
        Self {
            status: Some(answer.status),
            code: answer.code,
            way: Way::Hyper(answer.into_response()),
        }
    }

    /// `answer`, but with `body` in place of its own.
    fn with_body(mut answer: Answer, body: Body) -> Self {
        answer.body = Bytes::new();
        Self {
            status: Some(answer.status),
            code: answer.code,
            way: Way::Hyper(answer.into_response().map(|_| body)),
        }
    }

    /// The head of `answer` and the first `body_bytes` of its body, and then `ending`.
    fn broken_off(answer: &Answer, body_bytes: usize, ending: Ending) -> Self {
        let mut bytes = wire::head(answer);
        bytes.extend_from_slice(&answer.body.slice(..body_bytes));
        Self {
            status: Some(answer.status),
            code: answer.code,
            way: Way::Wire(Finale {
                bytes: bytes.freeze(),
                ending,
            }),
        }
    }
}

/// What happens instead of a call whose answers have that `shape`.
pub(crate) fn instead(fault: &Instead, shape: Shape) -> Delivery {
    Delivery::of(match fault {
        Instead::Reset => {
            return Delivery {
                status: None,
                code: None,
                way: Way::Wire(Finale {
                    bytes: Bytes::new(),
                    ending: Ending::Reset,
                }),
            };
        }
        Instead::Huge { bytes } => {
            let answer = Answer::with_body(StatusCode::OK, "application/json", "");
            return Delivery::with_body(answer, Body::new(Huge::new(*bytes)));
        }
        Instead::Status {
            code,
            retry_after_seconds,
            body,
        } => {
            let answer = failing(*code, body.as_deref(), shape);
            match retry_after_seconds {
                Some(seconds) => answer.header(RETRY_AFTER, &seconds.to_string()),
                None => answer,
            }
        }
        Instead::Redirect { code, location } => {
            let location = location.as_deref().unwrap_or("/redirected");
            Answer::empty(*code).header(LOCATION, location)
        }
        Instead::Garbage => Answer::with_body(
            StatusCode::OK,
            "application/json",
            // Bytes that UTF-8 never uses, a NUL, and something that looks like gzip.
            Bytes::from_static(b"\xff\xfe\x00\x1f\x8b\x08garbage\xc0\xc1"),
        ),
        Instead::Html => Answer::with_body(
            StatusCode::OK,
            "text/html; charset=utf-8",
            "<!doctype html><html><head><title>Sign in</title></head>\
             <body><h1>Please sign in to the network</h1></body></html>",
        ),
    })
}

/// What becomes of a good `answer`.
pub(crate) fn spoil(fault: &Spoilt, mut answer: Answer) -> Delivery {
    let half = answer.body.len() / 2;
    match fault {
        Spoilt::Late => Delivery::of(answer),
        Spoilt::ResetAfterHeaders => Delivery::broken_off(&answer, 0, Ending::Reset),
        Spoilt::ResetMidBody => Delivery::broken_off(&answer, half, Ending::Reset),
        Spoilt::Cut => Delivery::broken_off(&answer, half, Ending::Close),
        Spoilt::Truncate => {
            answer.body.truncate(half);
            Delivery::of(answer)
        }
        Spoilt::Drip { pause, chunk_bytes } => {
            let body = Drip::new(answer.body.clone(), *pause, *chunk_bytes);
            Delivery::with_body(answer, Body::new(body))
        }
    }
}

/// An answer with a status and either a body or the documented failure of the call.
fn failing(status: StatusCode, body: Option<&str>, shape: Shape) -> Answer {
    match body {
        None => Answer::coded(shape, status, Code::StoringFailed, []),
        Some(text) => {
            let content_type = if text.starts_with('{') {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            Answer::with_body(status, content_type, text.to_owned())
        }
    }
}
