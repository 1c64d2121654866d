//! One connection, within its limits.

use std::convert::Infallible;
use std::pin::Pin;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Version;
use http::header::HOST;
use http::request::Parts;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use super::drain::DrainedBody;
use crate::config::ConnectionConfig;
use crate::context::Malformed;

/// The longest head of a request, its request line included. Load balancers send on less: 16 KiB a
/// line is the most that is usual.
const MAX_HEAD_BYTES: usize = 32 * 1024;

type Io = TokioIo<Pin<Box<TimeoutStream<TcpStream>>>>;

pub(super) type Connection = http1::Connection<Io, ConnectionService>;

/// Serves the requests of a connection, one after the other.
pub(super) fn serve(stream: TcpStream, router: Router, config: ConnectionConfig) -> Connection {
    // Answers are small and each is written at once: waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    // One answer fits into the system's buffers; a client that sends request after request and reads
    // nothing fills them, and would hold the connection for ever.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(config.idle_timeout));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(config.head_timeout)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(config.max_buffer_bytes)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            ConnectionService { router, config },
        )
}

/// Hands the requests of a connection to the router.
#[derive(Debug)]
pub(super) struct ConnectionService {
    router: Router,
    config: ConnectionConfig,
}

impl Service<http::Request<Incoming>> for ConnectionService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let (mut head, body) = request.into_parts();
        if !has_one_host(&head) {
            head.extensions.insert(Malformed::Host);
        }
        let body = DrainedBody::new(&head, body, self.config.max_drained_bytes);
        let request = http::Request::from_parts(head, Body::new(body));
        Box::pin(self.router.clone().oneshot(request))
    }
}

/// RFC 9112 section 3.2 demands exactly one `Host`; HTTP/1.0 may have none. The gateway makes no use
/// of the value, but a proxy in front of it may have decided by another one.
fn has_one_host(head: &Parts) -> bool {
    let hosts = head.headers.get_all(HOST).iter().count();
    match head.version {
        Version::HTTP_11 => hosts == 1,
        _ => hosts <= 1,
    }
}
