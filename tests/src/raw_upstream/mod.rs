//! An upstream that plays a script byte by byte: what no HTTP library would let a server do.

mod certificate;
mod request;
mod script;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

pub use certificate::{Authority, Certificate, tls_acceptor};
pub use script::{Script, Step};

/// A server that plays the same script on every connection. It ends when dropped.
#[derive(Debug)]
pub struct RawUpstream {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl RawUpstream {
    /// Plays `script` on every connection; over TLS if there is an acceptor.
    ///
    /// # Panics
    ///
    /// If no port can be bound.
    pub async fn start(script: Script, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(accept(listener, script, tls, Arc::clone(&connections)));
        Self {
            address,
            connections,
            task,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for RawUpstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    script: Script,
    tls: Option<TlsAcceptor>,
    connections: Arc<AtomicUsize>,
) {
    // Dropping the set ends its tasks, so ending this task closes every connection.
    let mut playing = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::SeqCst);
        playing.spawn(play(stream, script.clone(), tls.clone()));
    }
}

async fn play(stream: TcpStream, script: Script, tls: Option<TlsAcceptor>) {
    if script.ends_in_reset() {
        // With a linger time of zero, closing sends RST instead of FIN (socket(7), tcp(7)).
        stream.set_zero_linger().expect("an open socket");
    }
    // Whatever fails here was ended by the other side, which is all that a script can want.
    let _ = match tls {
        None => script.play(stream).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => script.play(stream).await,
            Err(error) => Err(error),
        },
    };
}
