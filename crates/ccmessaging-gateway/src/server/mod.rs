//! The HTTP/1.1 server, which FunctionGraph HTTP functions use as well.

mod connection;
mod drain;
mod large_body;
mod limit;
mod stop;
#[cfg(test)]
mod tests;
mod worker;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

pub use stop::StopSignal;
pub use worker::Workers;

use crate::config::ConnectionConfig;
use crate::gateway::Gateway;
use crate::routes::router;
use limit::{ConnectionLimit, ConnectionSlot};

/// The longest time that requests in flight may take to complete after the server is asked to stop.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// The time between the last accept and the graceful stop. A connection whose first bytes have not
/// been read by then is closed without a response, even if its request has already arrived.
const LAST_REQUESTS_PAUSE: Duration = Duration::from_millis(100);

/// The pause after a failed accept. Running out of file descriptors, for instance, fails every accept until a
/// connection closes; without a pause, the loop would take all of a processor meanwhile.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The most connections that the kernel queues before they are accepted. Many arrive at once after a
/// network outage; those that do not fit are lost or delayed for seconds. The kernel limits it further, by
/// `net.core.somaxconn`: 4,096 by default.
const ACCEPT_QUEUE: u32 = 4096;

/// A server that is bound to its address.
///
/// It supports no upgrades, such as WebSocket. A response that is streamed or large ends after
/// [`ConnectionConfig::send_timeout`].
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    config: ConnectionConfig,
}

impl Server {
    /// Binds the address. Port 0 selects any free port.
    ///
    /// # Errors
    ///
    /// The address cannot be bound.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub fn bind(address: SocketAddr, config: ConnectionConfig) -> io::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // A restarted server can bind its port although old connections are in TIME_WAIT.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(ACCEPT_QUEUE)?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            config,
        })
    }

    /// Returns the address that was bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the gateway on the workers until `stop` completes. Then waits for the requests in flight, at
    /// most for [`STOP_TIMEOUT`], and [stops](Workers::stop) the workers.
    ///
    /// `add_routes` receives the gateway's router once for each worker, and may add routes or nest it.
    ///
    /// When every connection has a request and another connection waits, the upload whose body has the largest
    /// lag is evicted.
    pub async fn serve_gateway(
        self,
        gateway: Arc<Gateway>,
        workers: Workers,
        add_routes: impl Fn(Router) -> Router,
        stop: impl Future<Output = ()>,
    ) {
        let new_router = || add_routes(router(Arc::new(gateway.with_own_connections())));
        let routers = workers.create_each(new_router);
        let on_full = move || gateway.evict_slowest();
        self.run(workers, routers, on_full, stop).await;
    }

    /// Serves another router in the same way. A connection beyond the limit waits while every one has a request.
    pub async fn serve(self, router: Router, workers: Workers, stop: impl Future<Output = ()>) {
        let routers = workers.create_each(|| router.clone());
        self.run(workers, routers, || {}, stop).await;
    }

    async fn run(
        self,
        workers: Workers,
        routers: Vec<Router>,
        on_full: impl Fn() + Send + Sync + 'static,
        stop: impl Future<Output = ()>,
    ) {
        let Self {
            listener, config, ..
        } = self;
        let limit = Arc::new(ConnectionLimit::new(config.max_connections.get(), on_full));
        // Each connection holds a receiver until it ends.
        let (stopping, _) = watch::channel(());
        let accept_all = async {
            loop {
                let stream = accept(&listener).await;
                // At the limit, this connection waits here, and further ones in the kernel's queue.
                let slot = limit.acquire().await;
                // A Tokio stream is registered with its runtime, so another one needs the plain socket.
                match stream.into_std() {
                    Ok(stream) => {
                        // Subscribe here rather than in the task: otherwise a stop would not wait for
                        // a task that has not run yet.
                        let connection = Connection {
                            stream,
                            slot,
                            stopping: stopping.subscribe(),
                        };
                        workers.spawn(&routers, |router| connection.serve(router.clone(), config));
                    }
                    Err(error) => tracing::warn!(%error, "cannot serve a connection"),
                }
            }
        };
        tokio::select! {
            () = stop => {}
            () = accept_all => {}
        }
        // Refuse new connections first, so that load balancers choose another instance. Then keep reading
        // for a moment, to serve requests that have already arrived; a response announces that its connection
        // closes, so that its client sends no further request on it. Then close idle connections and wait
        // for the requests in flight. The workers outlive all of it, since the access token of an upload
        // may be fetched on another worker than the upload.
        limit.stop();
        drop(listener);
        sleep(LAST_REQUESTS_PAUSE).await;
        stopping.send_replace(());
        let connections = stopping.receiver_count();
        tracing::info!(connections, "draining");
        if timeout(STOP_TIMEOUT, stopping.closed()).await.is_err() {
            let connections = stopping.receiver_count();
            tracing::warn!(connections, "stopped with requests still in flight");
        } else {
            tracing::info!("stopped");
        }
        workers.stop().await;
    }
}

/// An accepted connection, not yet registered with a runtime.
struct Connection {
    stream: std::net::TcpStream,
    slot: ConnectionSlot,
    stopping: watch::Receiver<()>,
}

impl Connection {
    /// Serves the connection until it ends or is evicted.
    async fn serve(mut self, router: Router, config: ConnectionConfig) {
        let stream = match TcpStream::from_std(self.stream) {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot serve a connection");
                return;
            }
        };
        let slot = Arc::new(self.slot);
        let mut connection = connection::serve(stream, router, config, Arc::clone(&slot));
        let ended = tokio::select! {
            // The connection first: it reads a request that arrived at the moment of eviction.
            biased;
            ended = &mut connection => ended,
            _ = self.stopping.changed() => connection::finish(&mut connection).await,
            () = slot.evicted() => return,
            () = slot.send_timed_out() => return,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
            if error.is_parse_version_h2() {
                connection::refuse_http_2(connection).await;
            }
        }
    }
}

/// Accepts the next connection.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
