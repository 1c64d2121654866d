//! From a request to its answer, faults included.

use bytes::{Bytes, BytesMut};
use http::header::ALLOW;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{Instant, sleep};

use crate::answer::{Answer, Code};
use crate::call::{Call, Exchange};
use crate::calls::Rejection;
use crate::faults::{BrokenConnection, Delivery, ResponseBody};
use crate::upstream::Upstream;

/// A body that is too long is read on to this many times the limit, and thrown away, so that the
/// caller reads the 413 instead of failing to send the rest.
const DRAIN_FACTOR: usize = 8;

/// Answers a request. An error tells the server to break the connection.
pub(super) async fn handle(
    upstream: &Upstream,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, BrokenConnection> {
    let started = Instant::now();
    upstream.counters.count_request();
    let called = called(&request);
    let fault = called.ok().and_then(|call| {
        upstream.counters.count_call(call);
        upstream.faults.next(call)
    });

    // The body is read even if the call is not carried out: closing a socket with unread data would
    // reset the connection, and only a fault may do that.
    let (head, body) = request.into_parts();
    let (body, request_bytes) = read(body, upstream.settings.max_body_bytes).await;
    let delivery = match called {
        Ok(call) => {
            let shape = call.shape(upstream);
            let answer = async {
                match body {
                    Ok(body) => call.carry_out(upstream, &head.headers, &body).await,
                    Err(rejection) => rejection.answer(shape),
                }
            };
            match &fault {
                Some(fault) => fault.apply(shape, answer).await,
                None => Delivery::complete(answer.await),
            }
        }
        Err(status) => Delivery::complete(not_a_call(upstream, status)),
    };
    if let Some(fault) = &fault {
        sleep(fault.delay_before_answer()).await;
    }

    Exchange {
        call: called.ok(),
        request_bytes,
        status: delivery.status,
        code: delivery.code,
        fault: fault.map(|fault| fault.to_string()),
        elapsed: started.elapsed(),
    }
    .report(upstream.settings.observer.as_ref());
    delivery.outcome
}

/// The call that a request makes, or the status for one that makes none.
fn called(request: &Request<Incoming>) -> Result<Call, StatusCode> {
    let path = request.uri().path();
    match Call::ALL.into_iter().find(|call| call.path() == path) {
        Some(call) if request.method() == Method::POST => Ok(call),
        Some(_) => Err(StatusCode::METHOD_NOT_ALLOWED),
        None => Err(StatusCode::NOT_FOUND),
    }
}

fn not_a_call(upstream: &Upstream, status: StatusCode) -> Answer {
    let shape = upstream.settings.spelling.into();
    let answer = Answer::coded(shape, status, Code::IncorrectParameter, []);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        answer.header(ALLOW, "POST")
    } else {
        answer
    }
}

/// Reads a body of at most `max_bytes` into memory, and returns how many bytes came in.
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
