//! The server: accepts connections and serves them until it stops.

mod handler;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::faults::BrokenConnection;
use crate::upstream::Upstream;

/// How long a shutdown waits for calls in progress.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait after accepting a connection failed. The usual reason is that the process has no
/// file descriptors left, and retrying at once would spin.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// The task that accepts connections and owns the open ones. Dropping it closes all of them.
#[derive(Debug)]
pub(crate) struct Server {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(upstream: Arc<Upstream>, listener: TcpListener) -> Self {
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(accept(upstream, listener, stopping));
        Self { stop, task }
    }

    pub(crate) async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // If the task panicked, nothing is left to stop.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    upstream: Arc<Upstream>,
    listener: TcpListener,
    mut stopping: watch::Receiver<bool>,
) {
    // Dropping the set aborts its tasks, so aborting this task closes every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&upstream), stopping.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stopping.changed() => break,
        }
    }
    drop(listener);
    let all_done = async { while connections.join_next().await.is_some() {} };
    // Dropping the set closes the connections that are still open.
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, all_done).await;
}

/// Serves a connection until the caller closes it, a fault breaks it, or the server stops.
async fn serve(stream: TcpStream, upstream: Arc<Upstream>, mut stopping: watch::Receiver<bool>) {
    // Without this, Nagle's algorithm would merge the chunks of a dripping response.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| handler::handle(&upstream, request));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut is_stopping = false;
    let ended = loop {
        tokio::select! {
            ended = &mut connection => break ended,
            _ = stopping.changed(), if !is_stopping => {
                std::pin::Pin::new(&mut connection).graceful_shutdown();
                is_stopping = true;
            }
        }
    };
    // hyper returns the handler's error and leaves the socket open. Any other error means that the
    // caller disconnected or sent invalid HTTP, to which hyper has responded.
    let error = ended.err();
    let source = error.as_ref().and_then(|error| error.source());
    if let Some(broken) = source.and_then(|source| source.downcast_ref::<BrokenConnection>()) {
        let stream = connection.into_parts().io.into_inner();
        broken.clone().finish(stream).await;
    }
}
