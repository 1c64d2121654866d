//! What a door knows of a request: its identifier, and when the platform gives it up.

use std::fmt;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::{Deadline, Refusal};

/// The request identifier that every answer carries and every log line names.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// FunctionGraph's identifier of an invocation.
const X_CFF_REQUEST_ID: HeaderName = HeaderName::from_static("x-cff-request-id");

/// FunctionGraph's timeout of the function. Its documentation gives no unit; the function's own
/// setting is in seconds. A larger unit would only make the deadline later than the configured one,
/// which then applies.
const X_CFF_TIMEOUT: HeaderName = HeaderName::from_static("x-cff-timeout");

/// The longest identifier that is taken over; UUIDs have 36 characters.
const LONGEST_ID: usize = 64;

/// By which way a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The HTTP server.
    Http,
    /// The HTTP server, called by FunctionGraph.
    FunctionGraph,
    /// The AWS Lambda runtime.
    Lambda,
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::FunctionGraph => "functiongraph",
            Self::Lambda => "lambda",
        })
    }
}

/// Marks a request that its door could not make sense of; it is refused whatever else it says.
#[derive(Clone, Copy, Debug)]
pub enum Malformed {
    /// The trigger's event marks a body as Base64 that is not.
    Event,
    /// HTTP/1.1 without `Host`, or with several.
    Host,
}

/// What is known of a request besides the request itself.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// By which way it came in.
    pub door: Door,
    /// Its identifier: visible ASCII.
    pub request_id: String,
    /// When the platform gives it up, if it says so.
    pub deadline: Option<Deadline>,
}

impl Arrival {
    /// A request with the platform's identifier; without a usable one it gets a new one.
    #[must_use]
    pub fn new(door: Door, request_id: Option<&str>, deadline: Option<Deadline>) -> Self {
        let request_id = request_id
            .filter(|id| (1..=LONGEST_ID).contains(&id.len()))
            .filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()))
            .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
        Self {
            door,
            request_id,
            deadline,
        }
    }

    /// A request of the HTTP server, which may be FunctionGraph's.
    fn over_http(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match text(X_CFF_REQUEST_ID) {
            None => Self::new(Door::Http, None, None),
            id => {
                let deadline = text(X_CFF_TIMEOUT)
                    .and_then(|seconds| seconds.trim().parse::<u32>().ok())
                    .filter(|&seconds| seconds > 0)
                    .map(|seconds| Deadline::before_cut_off(Duration::from_secs(seconds.into())));
                Self::new(Door::FunctionGraph, id, deadline)
            }
        }
    }
}

/// Notes the arrival of a request, unless its door has done so.
fn note(mut request: Request) -> Request {
    if request.extensions().get::<Arrival>().is_none() {
        let arrival = Arrival::over_http(request.headers());
        request.extensions_mut().insert(arrival);
    }
    request
}

/// Notes the arrival and puts its identifier on the answer.
pub(super) async fn identify(request: Request, next: Next) -> Response {
    let request = note(request);
    let id = request
        .extensions()
        .get::<Arrival>()
        .and_then(|arrival| HeaderValue::from_str(&arrival.request_id).ok());
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

/// Refuses what its door could not make sense of.
pub(super) async fn refuse_malformed(request: Request, next: Next) -> Response {
    match request.extensions().get::<Malformed>() {
        Some(Malformed::Event) => Refusal::MalformedEvent.into_response(),
        Some(Malformed::Host) => Refusal::MalformedHost.into_response(),
        None => next.run(request).await,
    }
}
