//! What a fault makes of an answer.

use std::convert::Infallible;
use std::iter;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::header::{CONTENT_LENGTH, LOCATION, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::fault::{Fault, Kind};
use crate::answer::{Answer, Code, Shape};

/// The body of an answer that hyper sends.
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, Infallible>;

/// How an answer reaches the caller.
pub(crate) struct Delivery {
    /// The status that the caller gets to see, if any.
    pub(crate) status: Option<StatusCode>,
    /// What the log shows of the body.
    pub(crate) code: Option<&'static str>,
    pub(crate) outcome: Result<Response<ResponseBody>, BrokenConnection>,
}

/// The last bytes of a connection that ends as no well-behaved HTTP server would end it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("a fault ends the connection")]
pub(crate) struct BrokenConnection {
    bytes: Bytes,
    ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// A normal close (FIN).
    Close,
    /// A reset (RST).
    Reset,
}

impl Fault {
    /// Carries the call out, or does not, and returns what the caller gets. Answers of the call have
    /// that `shape`.
    pub(crate) async fn apply(
        &self,
        shape: Shape,
        answer: impl Future<Output = Answer>,
    ) -> Delivery {
        match &self.kind {
            Kind::None => Delivery::complete(answer.await),
            Kind::Reset => Delivery {
                status: None,
                code: None,
                outcome: Err(BrokenConnection {
                    bytes: Bytes::new(),
                    ending: Ending::Reset,
                }),
            },
            Kind::ResetAfterHeaders => Delivery::broken_off(&answer.await, 0, Ending::Reset),
            Kind::ResetMidBody => Delivery::half(&answer.await, Ending::Reset),
            Kind::Cut => Delivery::half(&answer.await, Ending::Close),
            Kind::Truncate => {
                let mut answer = answer.await;
                answer.body.truncate(answer.body.len() / 2);
                Delivery::complete(answer)
            }
            Kind::Drip {
                pause_ms,
                chunk_bytes,
            } => {
                let pause = Duration::from_millis(*pause_ms);
                let answer = answer.await;
                let length = answer.body.len().to_string();
                let body = drip(answer.body.clone(), pause, chunk_bytes.get());
                Delivery::with_body(answer.header(CONTENT_LENGTH, &length), body)
            }
            Kind::Status {
                code,
                retry_after,
                location,
                body,
            } => {
                let status = StatusCode::from_u16(*code);
                let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut answer = failure(status, body.as_deref(), shape);
                if let Some(seconds) = retry_after {
                    answer = answer.header(RETRY_AFTER, &seconds.to_string());
                }
                if let Some(url) = location {
                    answer = answer.header(LOCATION, url);
                }
                Delivery::complete(answer)
            }
            Kind::Html => Delivery::complete(Answer::with_body(
                StatusCode::OK,
                "text/html; charset=utf-8",
                "<!doctype html><html><head><title>Sign in</title></head>\
                 <body><h1>Please sign in to the network</h1></body></html>",
            )),
            Kind::Garbage => Delivery::complete(Answer::with_body(
                StatusCode::OK,
                "application/json",
                // Bytes that UTF-8 never uses, a NUL, and something that looks like gzip.
                Bytes::from_static(b"\xff\xfe\x00\x1f\x8b\x08garbage\xc0\xc1"),
            )),
            Kind::Huge { bytes } => {
                let answer = Answer::with_body(StatusCode::OK, "application/json", "");
                Delivery::with_body(answer, huge(*bytes))
            }
        }
    }
}

impl Delivery {
    pub(crate) fn complete(answer: Answer) -> Self {
        let body = Full::new(answer.body.clone()).boxed_unsync();
        Self::with_body(answer, body)
    }

    /// `answer`, but with `body` in place of its own.
    fn with_body(answer: Answer, body: ResponseBody) -> Self {
        let mut response = Response::new(body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Self {
            status: Some(answer.status),
            code: answer.code,
            outcome: Ok(response),
        }
    }

    fn half(answer: &Answer, ending: Ending) -> Self {
        Self::broken_off(answer, answer.body.len() / 2, ending)
    }

    /// The head of `answer`, which promises its whole body, the first `body_bytes` of it, and then
    /// `ending`.
    fn broken_off(answer: &Answer, body_bytes: usize, ending: Ending) -> Self {
        let status = answer.status;
        let mut bytes = BytesMut::from("HTTP/1.1 ");
        bytes.extend_from_slice(status.as_str().as_bytes());
        bytes.extend_from_slice(b" ");
        bytes.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
        let length = HeaderValue::from(answer.body.len());
        for (name, value) in answer.headers.iter().chain([(&CONTENT_LENGTH, &length)]) {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&answer.body.slice(..body_bytes));
        Self {
            status: Some(status),
            code: answer.code,
            outcome: Err(BrokenConnection {
                bytes: bytes.freeze(),
                ending,
            }),
        }
    }
}

impl BrokenConnection {
    /// Writes the last bytes, and ends the connection.
    pub(crate) async fn finish(self, mut stream: TcpStream) {
        // A caller that has already gone cannot be misled any more.
        let written = stream.write_all(&self.bytes).await;
        match self.ending {
            Ending::Close if written.is_ok() => drop(stream.shutdown().await),
            Ending::Close => {}
            // With a linger time of zero, closing sends RST instead of FIN (socket(7), tcp(7)).
            Ending::Reset => drop(stream.set_zero_linger()),
        }
    }
}

/// The documented failure of a call, or a given body, with `status`.
fn failure(status: StatusCode, body: Option<&str>, shape: Shape) -> Answer {
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

/// `body` in small pieces, each after a pause.
fn drip(body: Bytes, pause: Duration, chunk_bytes: usize) -> ResponseBody {
    let pieces = stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        sleep(pause).await;
        let piece = rest.split_to(chunk_bytes.min(rest.len()));
        Some((Ok(Frame::data(piece)), rest))
    });
    StreamBody::new(pieces).boxed_unsync()
}

/// A JSON object of that many bytes with one very long text. It has no size hint, so that it goes
/// out in chunks and a client cannot refuse it by its `Content-Length`.
fn huge(bytes: u64) -> ResponseBody {
    const START: &[u8] = b"{\"padding\":\"";
    const END: &[u8] = b"\"}";
    static PADDING: [u8; 64 * 1024] = [b'x'; 64 * 1024];

    let mut missing = bytes.saturating_sub((START.len() + END.len()) as u64);
    let padding = iter::from_fn(move || {
        let length = PADDING
            .len()
            .min(usize::try_from(missing).unwrap_or(usize::MAX));
        missing -= length as u64;
        PADDING.get(..length).filter(|piece| !piece.is_empty())
    });
    let pieces = iter::once(START).chain(padding).chain([END]);
    let frames = pieces.map(|piece| Ok(Frame::data(Bytes::from_static(piece))));
    StreamBody::new(stream::iter(frames)).boxed_unsync()
}
