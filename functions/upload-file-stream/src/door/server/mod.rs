//! The HTTP/1.1 server.

mod connection;
mod host;
mod leftover;
mod stall;
mod turn;
mod workers;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use turn::LongTurns;
pub use workers::{Workers, worker_runtime};

use crate::config::ConnectionConfig;

/// The longest that requests in flight may take to end after a stop was asked for.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// After a failed accept (no descriptors left, say), the listener rests this long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server that is bound to its address.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    config: ConnectionConfig,
    /// One for each open connection.
    slots: Arc<Semaphore>,
}

impl Server {
    /// Binds the address. Port 0 takes any free port.
    ///
    /// # Errors
    ///
    /// The address cannot be bound.
    pub async fn bind(address: SocketAddr, config: ConnectionConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            config,
            slots: Arc::new(Semaphore::new(config.max_connections)),
        })
    }

    /// The address that was bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves on this thread's runtime until `stop` completes, then ends the requests in flight.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()>) {
        self.serve_with(&Workers::on_this_runtime(router), stop)
            .await;
    }

    /// Like [`serve`](Self::serve), with the connections spread over the workers.
    pub async fn serve_with(self, workers: &Workers, stop: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let accept_all = async {
            loop {
                let (stream, slot) = self.accept().await;
                // It belongs to this runtime until the worker's takes it over.
                let stream = match stream.into_std() {
                    Ok(stream) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "cannot hand a connection on");
                        continue;
                    }
                };
                let (watcher, config) = (graceful.watcher(), self.config);
                workers
                    .with_fewest_connections()
                    .spawn(move |router| async move {
                        let stream = match TcpStream::from_std(stream) {
                            Ok(stream) => stream,
                            Err(error) => {
                                tracing::warn!(%error, "cannot take a connection over");
                                return;
                            }
                        };
                        let connection = connection::serve(stream, router, config);
                        if let Err(error) = LongTurns::new(watcher.watch(connection)).await {
                            tracing::debug!(%error, "a connection ended early");
                        }
                        drop(slot);
                    });
            }
        };
        tokio::select! {
            () = accept_all => {}
            () = stop => {}
        }
        drop(self.listener);
        if tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("stopped with requests still in flight");
        }
    }

    /// The next connection. While as many are open as may be, further ones wait in the system's
    /// queue: an answer to them would need the very descriptor that there is none for.
    async fn accept(&self) -> (TcpStream, OwnedSemaphorePermit) {
        let slot = match Arc::clone(&self.slots).try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => self.wait_for_slot().await,
        };
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return (stream, slot),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn wait_for_slot(&self) -> OwnedSemaphorePermit {
        tracing::debug!("as many connections are open as may be");
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        slot.expect("the semaphore is never closed")
    }
}
