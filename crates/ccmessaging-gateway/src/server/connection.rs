//! Serves one connection within its limits.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Version};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use super::drain::DrainedBody;
use super::large_body::until_sent;
use super::limit::{Busy, ConnectionSlot};
use crate::config::ConnectionConfig;
use crate::context::Malformed;

/// The longest request head, including the request line. Load balancers forward less, usually at most 16 KiB
/// per line.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// The largest read buffer of a connection.
const MAX_BUFFER_BYTES: usize = 256 * 1024;

type Io = TokioIo<Pin<Box<TimeoutStream<TcpStream>>>>;

pub(super) type Connection = http1::Connection<Io, ConnectionService>;

/// Serves the requests of a connection, one after another.
pub(super) fn serve(
    stream: TcpStream,
    router: Router,
    config: ConnectionConfig,
    slot: Arc<ConnectionSlot>,
) -> Connection {
    // Responses are small, and each is written at once, so Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    // The kernel's buffers hold most responses. A client that sends request after request or downloads a
    // file without reading fills them, and without a timeout it would keep the connection open forever.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(config.idle_timeout));
    http1::Builder::new()
        .timer(TokioTimer::new())
        // Covers the whole head, so a byte now and then doesn't extend it, and starts with the connection or
        // after the previous response, so it closes idle connections, too.
        .header_read_timeout(config.head_timeout)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(MAX_BUFFER_BYTES)
        // Clients may close their sending side after a request and still read the response (RFC 9293
        // section 3.6).
        .half_close(true)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            ConnectionService {
                router,
                slot,
                send_timeout: config.send_timeout,
            },
        )
}

/// Closes the connection after the request in flight, if there is one.
pub(super) async fn finish(connection: &mut Connection) -> hyper::Result<()> {
    Pin::new(&mut *connection).graceful_shutdown();
    connection.await
}

/// Answers the preface of HTTP/2 (RFC 9113 section 3.4). hyper closes the connection without a response.
pub(super) async fn refuse_http_2(connection: Connection) {
    const RESPONSE: &[u8] =
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let mut stream = connection.into_parts().io.into_inner();
    // The connection ends whether or not the client receives it.
    let _ = stream.write_all(RESPONSE).await;
    let _ = stream.shutdown().await;
}

/// Passes the requests of a connection to the router.
#[derive(Debug)]
pub(super) struct ConnectionService {
    router: Router,
    slot: Arc<ConnectionSlot>,
    send_timeout: Duration,
}

impl Service<http::Request<Incoming>> for ConnectionService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let (mut head, body) = request.into_parts();
        if let Some(malformed) = malformed(&head) {
            head.extensions.insert(malformed);
        }
        let body = DrainedBody::new(&head, body);
        let awaiting_continue = body.awaiting_continue();
        let request = http::Request::from_parts(head, Body::new(body));
        let response = self.router.clone().oneshot(request);
        let slot = Arc::clone(&self.slot);
        let busy = Busy::new(&slot);
        let send_timeout = self.send_timeout;
        Box::pin(async move {
            let mut response = response.await?;
            // The client may still send a body that was not requested, so the next bytes could be
            // that body or another request.
            if awaiting_continue.load(Ordering::Relaxed) || slot.closes_after_response() {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            Ok(response.map(|body| until_sent(body, busy, send_timeout)))
        })
    }
}

/// Returns why to reject a head that hyper accepts.
fn malformed(head: &Parts) -> Option<Malformed> {
    if !has_one_host(head) {
        return Some(Malformed::Host);
    }
    let mut codings = head.headers.get_all(TRANSFER_ENCODING).iter();
    let first = codings.next()?;
    let is_chunked = first
        .as_bytes()
        .trim_ascii()
        .eq_ignore_ascii_case(b"chunked");
    (!is_chunked || codings.next().is_some()).then_some(Malformed::TransferCoding)
}

/// Checks for exactly one valid `Host` (RFC 9112 section 3.2), which only HTTP/1.0 may omit. The
/// gateway doesn't use the value, but a proxy in front of it may have routed the request by another.
fn has_one_host(head: &Parts) -> bool {
    let mut hosts = head.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host),
        (None, _) => head.version != Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// Matches `uri-host [ ":" port ]` (RFC 9110 section 7.2).
fn is_host(value: &HeaderValue) -> bool {
    let Ok(authority) = Authority::try_from(value.as_bytes()) else {
        return false;
    };
    let host = authority.host();
    let Some(port) = authority.as_str().strip_prefix(host) else {
        // User information precedes the host.
        return false;
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    !host.is_empty() && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}
