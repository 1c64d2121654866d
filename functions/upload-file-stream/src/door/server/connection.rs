//! One connection, within its limits.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use super::host;
use super::leftover::Leftover;
use super::stall::NoStalledWrites;
use crate::config::ConnectionConfig;

/// The longest head of a request, its request line included. Load balancers send on less: 16 KiB a
/// line is the most that is usual.
const MAX_HEAD_BYTES: usize = 32 * 1024;

pub(super) type Connection = http1::Connection<TokioIo<NoStalledWrites<TcpStream>>, Doorway>;

/// Serves the requests of a connection, one after the other.
pub(super) fn serve(stream: TcpStream, router: Router, config: ConnectionConfig) -> Connection {
    // Answers are small and each is written at once: waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let stream = NoStalledWrites::new(stream, config.idle_timeout);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(config.head_timeout)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(config.max_buffer_bytes)
        .serve_connection(TokioIo::new(stream), Doorway { router, config })
}

/// What stands between the connection and the service.
#[derive(Debug)]
pub(super) struct Doorway {
    router: Router,
    config: ConnectionConfig,
}

impl Service<http::Request<Incoming>> for Doorway {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let (mut head, body) = request.into_parts();
        host::check(&mut head);
        let body = Leftover::new(&head, body, self.config.max_discarded_bytes);
        let request = http::Request::from_parts(head, Body::new(body));
        Box::pin(self.router.clone().oneshot(request))
    }
}
