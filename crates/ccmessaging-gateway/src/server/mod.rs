//! The HTTP/1.1 server, which is also what a FunctionGraph HTTP function is.

mod connection;
mod drain;
mod limit;
mod threads;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::ConnectionConfig;
use limit::ConnectionLimit;
use threads::{Accepted, ServerThread};

/// The longest that requests in flight may take to end after a stop was asked for.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Between the last accept and the stop: a connection of which nothing was read by then is closed without
/// an answer, although its request may be there already.
const LAST_REQUESTS_PAUSE: Duration = Duration::from_millis(100);

/// After a failed accept (no descriptors left, say), the listener rests this long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many connections the system keeps before they are accepted, at most: many come at once after a
/// pause of the network, and where the queue is full they are lost or wait for seconds. The system's own
/// limit (`net.core.somaxconn`) is 4,096 by default.
const ACCEPT_QUEUE: u32 = 4096;

/// A server that is bound to its address.
#[derive(Debug)]
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    config: ConnectionConfig,
    limit: Arc<ConnectionLimit>,
    thread: ServerThread,
}

impl Server {
    /// Binds the address. Port 0 takes any free port.
    ///
    /// `end_request` is called while as many connections are open as may be, all have requests, and another
    /// one waits. It ends a request whose client keeps the service waiting, and returns whether there was
    /// one.
    ///
    /// # Errors
    ///
    /// The address cannot be bound.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn bind(
        address: SocketAddr,
        config: ConnectionConfig,
        end_request: impl Fn() -> bool + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // As the standard library has it: a server that starts anew takes its port over.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(ACCEPT_QUEUE)?;
        let server = Self {
            address: listener.local_addr()?,
            listener: listener.into_std()?,
            config,
            limit: Arc::new(ConnectionLimit::new(config.max_connections, end_request)),
            thread: ServerThread::group(1).remove(0),
        };
        Ok(server)
    }

    /// The address that was bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same server in several parts, each of which is served on a thread of its own. They share the
    /// limit of connections, and each connection goes to the thread that has the fewest.
    ///
    /// # Errors
    ///
    /// There is no descriptor left.
    pub fn split(self, count: usize) -> io::Result<Vec<Self>> {
        let part = |thread| {
            Ok(Self {
                listener: self.listener.try_clone()?,
                address: self.address,
                config: self.config,
                limit: Arc::clone(&self.limit),
                thread,
            })
        };
        ServerThread::group(count).into_iter().map(part).collect()
    }

    /// Serves until `stop` completes, then ends the requests in flight.
    ///
    /// # Errors
    ///
    /// The listener cannot be registered with this runtime.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()>) -> io::Result<()> {
        let ServerThread {
            assignment,
            mut handed_over,
        } = self.thread;
        let listener = TcpListener::from_std(self.listener)?;
        let graceful = GracefulShutdown::new();
        let serve = |accepted: io::Result<Accepted>| match accepted {
            Ok(accepted) => serve_connection(accepted, router.clone(), self.config, &graceful),
            Err(error) => tracing::warn!(%error, "cannot serve a connection"),
        };
        let accept_all = async {
            loop {
                let stream = accept(&listener).await;
                let slot = Arc::new(self.limit.slot().await);
                if let Some(accepted) = assignment.assign(stream, slot).transpose() {
                    serve(accepted);
                }
            }
        };
        let take_over_all = async {
            while let Some(connection) = handed_over.recv().await {
                serve(connection.take_over());
            }
        };
        tokio::select! {
            () = stop => {}
            () = accept_all => {}
            () = take_over_all => {}
        }
        drop(listener);
        // What another thread had accepted before.
        handed_over.close();
        while let Some(connection) = handed_over.recv().await {
            serve(connection.take_over());
        }
        tokio::time::sleep(LAST_REQUESTS_PAUSE).await;
        if tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("stopped with requests still in flight");
        }
        Ok(())
    }
}

/// Serves a connection until it ends, or has to make room for another one.
fn serve_connection(
    accepted: Accepted,
    router: Router,
    config: ConnectionConfig,
    graceful: &GracefulShutdown,
) {
    let Accepted {
        stream,
        slot,
        counted,
    } = accepted;
    let connection = connection::serve(stream, router, config, Arc::clone(&slot));
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            biased;
            ended = connection => if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            },
            () = slot.must_close() => {}
        }
        drop(counted);
    });
}

/// The next connection. While as many are open as may be, and none of them is idle, this one waits for
/// its slot, and further ones wait in the system's queue.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// What asks the process to stop: SIGTERM from the platform, Ctrl-C from a person.
#[derive(Debug)]
pub struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    /// Takes the signals from now on. One that comes before would end the process at once, so this
    /// is called before anybody is told that the server listens.
    ///
    /// # Errors
    ///
    /// The handlers cannot be installed.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal.
    pub async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::Config;

    #[tokio::test]
    async fn a_request_that_came_before_the_stop_is_answered_by_whichever_thread_has_it() {
        let vars = [("UPSTREAM_BASE_URL", "https://upstream.example.com")];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_vars(vars).expect("usable settings");
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::bind(any_port, config.connections, || false).expect("a free port");
        let address = server.address();
        let [first, second] = server.split(2).expect("descriptors").try_into().expect("2");
        let listener = TcpListener::from_std(first.listener).expect("a runtime");
        let mut clients = Vec::new();
        let mut kept = Vec::new();
        for _ in 0..2 {
            let mut client = TcpStream::connect(address).await.expect("a connection");
            let request = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
            client.write_all(request).await.expect("an open connection");
            clients.push(client);
            let stream = accept(&listener).await;
            let slot = Arc::new(first.limit.slot().await);
            kept.extend(
                first
                    .thread
                    .assignment
                    .assign(stream, slot)
                    .expect("a runtime"),
            );
        }
        assert_eq!(kept.len(), 1);
        let router = Router::new().route("/", get(async || "served"));
        second.serve(router, ready(())).await.expect("a runtime");
        let mut answer = String::new();
        let handed_over = &mut clients[1];
        handed_over.read_to_string(&mut answer).await.expect("text");
        assert!(answer.ends_with("served"), "{answer}");
    }
}
