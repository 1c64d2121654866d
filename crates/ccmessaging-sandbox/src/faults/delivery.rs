//! Applies a fault to a response.

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
use crate::response::{BodyFormat, CallResponse, Code};

/// The body of a response that hyper sends.
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, Infallible>;

/// How a response is sent.
pub(crate) struct Delivery {
    /// The status that the caller receives, if any.
    pub(crate) status: Option<StatusCode>,
    /// The code for the log.
    pub(crate) code: Option<&'static str>,
    pub(crate) outcome: Result<Response<ResponseBody>, BrokenConnection>,
}

/// The last bytes of a connection that ends in the middle of a response.
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
    /// Executes the call, unless the fault prevents that, and returns what to send. `format` is that of
    /// the call's responses.
    pub(crate) fn apply(
        &self,
        format: BodyFormat,
        execute: impl FnOnce() -> CallResponse,
    ) -> Delivery {
        match &self.kind {
            Kind::None => Delivery::complete(execute()),
            Kind::Reset => Delivery {
                status: None,
                code: None,
                outcome: Err(BrokenConnection {
                    bytes: Bytes::new(),
                    ending: Ending::Reset,
                }),
            },
            Kind::ResetAfterHeaders => Delivery::truncated(&execute(), 0, Ending::Reset),
            Kind::ResetMidBody => Delivery::half(&execute(), Ending::Reset),
            Kind::Cut => Delivery::half(&execute(), Ending::Close),
            Kind::Truncate => {
                let mut response = execute();
                response.body.truncate(response.body.len() / 2);
                Delivery::complete(response)
            }
            Kind::Drip {
                pause_ms,
                chunk_bytes,
            } => {
                let pause = Duration::from_millis(*pause_ms);
                let response = execute();
                let length = response.body.len().to_string();
                let body = drip(response.body.clone(), pause, chunk_bytes.get());
                Delivery::with_body(response.header(CONTENT_LENGTH, &length), body)
            }
            Kind::Status {
                code,
                retry_after,
                location,
                body,
            } => {
                let status = StatusCode::from_u16(*code);
                let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = failure(status, body.as_deref(), format);
                if let Some(seconds) = retry_after {
                    response = response.header(RETRY_AFTER, &seconds.to_string());
                }
                if let Some(url) = location {
                    response = response.header(LOCATION, url);
                }
                Delivery::complete(response)
            }
            Kind::Html => Delivery::complete(CallResponse::new(
                StatusCode::OK,
                "text/html; charset=utf-8",
                "<!doctype html><html><head><title>Sign in</title></head>\
                 <body><h1>Please sign in to the network</h1></body></html>",
            )),
            Kind::Garbage => Delivery::complete(CallResponse::new(
                StatusCode::OK,
                "application/json",
                // Bytes that are invalid in UTF-8, a NUL, and the magic number of gzip.
                Bytes::from_static(b"\xff\xfe\x00\x1f\x8b\x08garbage\xc0\xc1"),
            )),
            Kind::Huge { bytes } => {
                let response = CallResponse::new(StatusCode::OK, "application/json", "");
                Delivery::with_body(response, huge(*bytes))
            }
        }
    }
}

impl Delivery {
    pub(crate) fn complete(response: CallResponse) -> Self {
        let body = Full::new(response.body.clone()).boxed_unsync();
        Self::with_body(response, body)
    }

    /// Sends `response` with `body` instead of its original one.
    fn with_body(response: CallResponse, body: ResponseBody) -> Self {
        let mut sent = Response::new(body);
        *sent.status_mut() = response.status;
        *sent.headers_mut() = response.headers;
        Self {
            status: Some(response.status),
            code: response.code,
            outcome: Ok(sent),
        }
    }

    fn half(response: &CallResponse, ending: Ending) -> Self {
        Self::truncated(response, response.body.len() / 2, ending)
    }

    /// Sends the head of `response` with its full `Content-Length` and the first `body_bytes` of the
    /// body, then ends the connection.
    fn truncated(response: &CallResponse, body_bytes: usize, ending: Ending) -> Self {
        let status = response.status;
        let mut bytes = BytesMut::from("HTTP/1.1 ");
        bytes.extend_from_slice(status.as_str().as_bytes());
        bytes.extend_from_slice(b" ");
        bytes.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
        let length = HeaderValue::from(response.body.len());
        for (name, value) in response.headers.iter().chain([(&CONTENT_LENGTH, &length)]) {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&response.body.slice(..body_bytes));
        Self {
            status: Some(status),
            code: response.code,
            outcome: Err(BrokenConnection {
                bytes: bytes.freeze(),
                ending,
            }),
        }
    }
}

impl BrokenConnection {
    /// Writes the last bytes and ends the connection.
    pub(crate) async fn finish(self, mut stream: TcpStream) {
        // The caller may have closed the connection already.
        let written = stream.write_all(&self.bytes).await;
        match self.ending {
            Ending::Close if written.is_ok() => drop(stream.shutdown().await),
            Ending::Close => {}
            // With a linger time of zero, closing sends RST instead of FIN (socket(7), tcp(7)).
            Ending::Reset => drop(stream.set_zero_linger()),
        }
    }
}

/// Returns the documented failure of a call, or `body`, with `status`.
fn failure(status: StatusCode, body: Option<&str>, format: BodyFormat) -> CallResponse {
    match body {
        None => CallResponse::coded(format, status, Code::StoringFailed, []),
        Some(text) => {
            let content_type = if text.starts_with('{') {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            CallResponse::new(status, content_type, text.to_owned())
        }
    }
}

/// Sends `body` in chunks of `chunk_bytes`, each after a pause.
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

/// Generates a JSON object of `bytes` bytes with one long string. It has no size hint, so it is sent
/// chunked and a client cannot reject it by its `Content-Length`.
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
