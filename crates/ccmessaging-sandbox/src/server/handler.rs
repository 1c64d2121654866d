//! Handles a request: reads it, executes the call and applies the fault, if there is one.

use bytes::{Bytes, BytesMut};
use http::header::ALLOW;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{Instant, sleep};

use crate::call::{Call, Exchange};
use crate::calls::{CallRequest, Rejection};
use crate::faults::{BrokenConnection, Delivery, ResponseBody};
use crate::response::{BodyFormat, CallResponse, Code};
use crate::upstream::Upstream;

/// How many times the limit an oversized body is read and discarded: a caller that is still sending
/// would otherwise see a reset instead of the 413.
const DRAIN_FACTOR: usize = 8;

/// Responds to a request. On an error the server breaks the connection.
pub(super) async fn handle(
    upstream: &Upstream,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, BrokenConnection> {
    let started = Instant::now();
    upstream.counters.count_request();
    let call = requested_call(&request);
    let fault = call.as_ref().ok().and_then(|&call| {
        upstream.counters.count_call(call);
        upstream.faults.next(call)
    });

    // Read the body even if the call is not executed: closing a socket with unread data resets the
    // connection, and only a fault may do that.
    let (head, body) = request.into_parts();
    let (body, request_bytes) = read(body, upstream.settings.max_body_bytes()).await;
    let delivery = match &call {
        Ok(call) => {
            let format = call.body_format();
            let execute = || match body {
                Ok(body) => {
                    let request = CallRequest {
                        headers: &head.headers,
                        query: head.uri.query().unwrap_or_default(),
                        body: &body,
                    };
                    call.execute(upstream, &request)
                }
                Err(rejection) => rejection.response(format),
            };
            match &fault {
                Some(fault) => fault.apply(format, execute),
                None => Delivery::complete(execute()),
            }
        }
        Err(allowed) => Delivery::complete(not_a_call(allowed.as_ref())),
    };
    if let Some(fault) = &fault {
        let delay = fault.delay_before_response();
        // A sleep of zero lasts until the next millisecond, which a paused clock never reaches.
        if !delay.is_zero() {
            sleep(delay).await;
        }
    }

    let exchange = Exchange {
        call: call.ok(),
        request_bytes,
        status: delivery.status,
        code: delivery.code,
        fault: fault.map(|fault| fault.to_string()),
        elapsed: started.elapsed(),
    };
    if let Some(observer) = &upstream.settings.observer {
        observer(&exchange);
    }
    delivery.outcome
}

/// Returns the call that a request makes. For another method, the error contains the path's method; it
/// is `None` for an unknown path.
fn requested_call(request: &Request<Incoming>) -> Result<Call, Option<Method>> {
    let path = request.uri().path();
    match Call::ALL.iter().find(|call| call.path() == path) {
        Some(&call) if request.method() == call.method() => Ok(call),
        Some(call) => Err(Some(call.method())),
        None => Err(None),
    }
}

fn not_a_call(allowed: Option<&Method>) -> CallResponse {
    let status = match allowed {
        Some(_) => StatusCode::METHOD_NOT_ALLOWED,
        None => StatusCode::NOT_FOUND,
    };
    let response =
        CallResponse::coded(BodyFormat::ReturnCode, status, Code::IncorrectParameter, []);
    match allowed {
        Some(method) => response.header(ALLOW, method.as_str()),
        None => response,
    }
}

/// Reads a body of at most `max_bytes` into memory, and returns it with the number of bytes received.
async fn read(mut body: Incoming, max_bytes: usize) -> (Result<Bytes, Rejection>, usize) {
    let mut kept = BytesMut::new();
    let mut received: usize = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return (Err(Rejection::BadRequest), received);
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        received = received.saturating_add(data.len());
        if received <= max_bytes {
            kept.extend_from_slice(&data);
        } else if received > max_bytes.saturating_mul(DRAIN_FACTOR) {
            break;
        }
    }
    if received > max_bytes {
        return (Err(Rejection::TooLarge), received);
    }
    (Ok(kept.freeze()), received)
}
