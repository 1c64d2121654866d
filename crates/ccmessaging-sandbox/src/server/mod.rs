//! The server: accepts connections and serves them.

mod handler;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::faults::BrokenConnection;
use crate::upstream::Upstream;

/// How long to wait after accepting a connection failed. The usual reason is that the process has no
/// file descriptors left, and retrying at once would spin.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// The task that accepts connections and owns the open ones. Dropping it closes all of them.
pub(crate) struct Server(JoinHandle<()>);

impl Server {
    pub(crate) fn start(upstream: Arc<Upstream>, listener: TcpListener) -> Self {
        Self(tokio::spawn(accept(upstream, listener)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn accept(upstream: Arc<Upstream>, listener: TcpListener) {
    // Dropping the set aborts its tasks, so aborting this task closes every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&upstream)));
                }
                Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves a connection until the caller closes it or a fault breaks it.
async fn serve(stream: TcpStream, upstream: Arc<Upstream>) {
    // Without this, Nagle's algorithm would merge the chunks of a dripping response.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| handler::handle(&upstream, request));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let ended = (&mut connection).await;
    // hyper returns the handler's error and leaves the socket open. Any other error means that the
    // caller disconnected or sent invalid HTTP, to which hyper has responded.
    let error = ended.err();
    let source = error.as_ref().and_then(|error| error.source());
    if let Some(broken) = source.and_then(|source| source.downcast_ref::<BrokenConnection>()) {
        let stream = connection.into_parts().io.into_inner();
        broken.clone().finish(stream).await;
    }
}
