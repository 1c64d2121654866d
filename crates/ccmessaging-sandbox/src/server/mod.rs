//! From the socket to the call and back.
//!
//! Each connection is served by hyper, with an axum router behind it. A fault that no well-behaved
//! HTTP server can commit (a reset, a body shorter than its `Content-Length`) is handed to the
//! connection as a [`wire::Finale`]: the connection takes its socket back from hyper, writes those
//! bytes and ends as told.

mod body;
mod connection;
mod dispatch;
pub(crate) mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::upstream::Upstream;

/// How long a shutdown waits for calls that are under way.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait after a connection could not be accepted: usually the process is out of file
/// descriptors, and trying again at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The task that accepts connections and owns those that are open.
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
        // The task ends by itself; that it was cancelled or panicked leaves nothing more to stop.
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
    let router = dispatch::router(upstream);
    // Dropping the set aborts its tasks, so aborting this task closes every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection::serve(stream, router.clone(), stopping.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stopping.changed() => break,
        }
    }
    drop(listener);
    let all_done = async { while connections.join_next().await.is_some() {} };
    // What is still open after this is cut off when the set is dropped.
    let _ = tokio::time::timeout(SHUTDOWN_PATIENCE, all_done).await;
}
