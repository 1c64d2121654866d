//! The HTTP/1.1 server, which FunctionGraph HTTP functions use as well.

mod connection;
mod drain;
mod large_body;
mod limit;
mod stop;
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
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    config: ConnectionConfig,
    limit: Arc<ConnectionLimit>,
}

impl Server {
    /// Binds the address. Port 0 selects any free port.
    ///
    /// `on_full` is called while the limit of connections is reached, every connection has a request, and
    /// another connection waits. It should end a request whose client is slow.
    ///
    /// # Errors
    ///
    /// The address cannot be bound.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub fn bind(
        address: SocketAddr,
        config: ConnectionConfig,
        on_full: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
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
            limit: Arc::new(ConnectionLimit::new(config.max_connections, on_full)),
        })
    }

    /// Returns the address that was bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves connections on the workers until `stop` completes, then waits for the requests in flight,
    /// at most for [`STOP_TIMEOUT`].
    ///
    /// `new_router` creates the router of each worker; see
    /// [`Gateway::with_own_connections`](crate::Gateway::with_own_connections).
    pub async fn serve(
        self,
        workers: Workers,
        new_router: impl Fn() -> Router,
        stop: impl Future<Output = ()>,
    ) {
        let routers = workers.create_each(new_router);
        let Self {
            listener,
            config,
            limit,
            ..
        } = self;
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::{Notify, oneshot};

    use super::*;
    use crate::Config;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";

    /// Reads until the server closes the connection.
    async fn response(mut client: TcpStream) -> String {
        let mut response = String::new();
        client.read_to_string(&mut response).await.expect("text");
        response
    }

    fn bind() -> Server {
        let vars = [("UPSTREAM_BASE_URL", "https://upstream.example.com")];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_vars(vars).expect("usable settings");
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Server::bind(any_port, config.connections, || {}).expect("a free port")
    }

    #[tokio::test]
    async fn requests_that_arrived_before_the_stop_are_answered_on_every_worker() {
        let server = bind();
        let address = server.address();
        let router = Router::new().route("/", get(async || "served"));
        let workers = Workers::start().expect("threads");
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.expect("sent") };
        let serving = tokio::spawn(server.serve(workers, move || router.clone(), stopped));

        let mut clients = Vec::new();
        for _ in 0..8 {
            clients.push(TcpStream::connect(address).await.expect("a connection"));
        }
        // Connections are accepted in order, so a response to the last means that all are.
        let mut last = TcpStream::connect(address).await.expect("a connection");
        last.write_all(REQUEST).await.expect("an open connection");
        assert!(response(last).await.ends_with("served"));
        for client in &mut clients {
            client.write_all(REQUEST).await.expect("an open connection");
        }
        stop.send(()).expect("a server");
        for client in clients {
            let response = response(client).await;
            assert!(response.ends_with("served"), "{response}");
        }
        serving.await.expect("no panic");
    }

    #[tokio::test]
    async fn the_last_response_announces_that_its_connection_closes() {
        let server = bind();
        let address = server.address();
        let [arrived, released] = [(); 2].map(|()| Arc::new(Notify::new()));
        let (arriving, releasing) = (Arc::clone(&arrived), Arc::clone(&released));
        let handler = async move || {
            arriving.notify_one();
            releasing.notified().await;
            "served"
        };
        let router = Router::new().route("/", get(handler));
        let workers = Workers::start().expect("threads");
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.expect("sent") };
        let serving = tokio::spawn(server.serve(workers, move || router.clone(), stopped));

        let mut client = TcpStream::connect(address).await.expect("a connection");
        let request = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
        client.write_all(request).await.expect("an open connection");
        arrived.notified().await;
        stop.send(()).expect("a server");
        while TcpStream::connect(address).await.is_ok() {}
        released.notify_one();
        let response = response(client).await;
        assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
        assert!(response.ends_with("served"), "{response}");
        serving.await.expect("no panic");
    }
}
