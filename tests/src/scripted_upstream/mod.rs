//! An upstream that plays a script byte by byte, including invalid HTTP, and records its requests.

mod certificate;
mod connection;
mod script;

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::time_limit::in_time;
use connection::Connection;

pub use certificate::{Authority, Certificate, tls_acceptor};
pub use script::{Script, Step, http_answer};

/// A running upstream that plays a script on every connection. It stops when dropped.
#[derive(Debug)]
pub struct ScriptedUpstream {
    address: SocketAddr,
    seen: watch::Receiver<Seen>,
    is_released: watch::Sender<bool>,
    _server: JoinSet<()>,
}

/// The recorded connections.
#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    /// How many connections have ended.
    closed: usize,
    requests: Vec<SeenRequest>,
    /// The complete files that were sent to be scanned.
    scanned: Vec<Vec<u8>>,
}

/// A recorded request.
#[derive(Clone, Debug, Default)]
pub struct SeenRequest {
    /// The headers.
    pub headers: HeaderMap,
    /// The number of received bytes after the head.
    pub body_bytes: usize,
    /// The last of these bytes.
    pub end: Vec<u8>,
    /// Whether the body is complete according to `Content-Length` or its last chunk.
    pub is_complete: bool,
    /// Whether the script or the connection has ended.
    pub is_over: bool,
}

impl ScriptedUpstream {
    /// Plays the script on a free port.
    pub async fn start(script: Script) -> Self {
        Self::serve(Vec::new(), script, None).await
    }

    /// Plays each script of `first` on one connection, and `last` on all others.
    pub async fn start_changing(first: Vec<Script>, last: Script) -> Self {
        Self::serve(first, last, None).await
    }

    /// Plays the script on a free port over TLS.
    pub async fn start_tls(script: Script, acceptor: TlsAcceptor) -> Self {
        Self::serve(Vec::new(), script, Some(acceptor)).await
    }

    async fn serve(first: Vec<Script>, last: Script, acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, seen) = watch::channel(Seen::default());
        let (is_released, released) = watch::channel(false);
        let mut server = JoinSet::new();
        server.spawn(async move {
            // Dropping the set ends its tasks, which closes every connection.
            let mut playing = JoinSet::new();
            let mut first = first.into_iter();
            while let Ok((stream, _)) = listener.accept().await {
                sender.send_modify(|seen| seen.connections += 1);
                let script = first.next().unwrap_or_else(|| last.clone());
                let acceptor = acceptor.clone();
                let (seen, released) = (sender.clone(), released.clone());
                playing.spawn(play(stream, acceptor, script, seen, released));
            }
        });
        Self {
            address,
            seen,
            is_released,
            _server: server,
        }
    }

    /// Returns its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its base URL without TLS.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns its base URL with TLS and the name in its certificate.
    pub fn tls_uri(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Returns its address in the format of `SCAN_CLAMD`.
    pub fn clamd(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// Returns the complete files that were sent to be scanned.
    pub fn scanned(&self) -> Vec<Vec<u8>> {
        self.seen.borrow().scanned.clone()
    }

    /// Returns the number of accepted connections.
    pub fn connections(&self) -> usize {
        self.seen.borrow().connections
    }

    /// Returns the requests whose heads have arrived.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.seen.borrow().requests.clone()
    }

    /// Releases all current and future [`Step::Hold`]s.
    pub fn release(&self) {
        self.is_released.send_replace(true);
    }

    /// Waits until `count` requests are complete.
    pub async fn until_complete(&self, count: usize) {
        self.until(count, |request| request.is_complete).await;
    }

    /// Waits until `count` requests are over and returns all requests.
    pub async fn until_over(&self, count: usize) -> Vec<SeenRequest> {
        self.until(count, |request| request.is_over).await;
        self.requests()
    }

    async fn until_seen(&self, what: &str, condition: impl Fn(&Seen) -> bool) {
        let mut seen = self.seen.clone();
        let met = seen.wait_for(condition);
        let met = in_time(&format!("the upstream must see {what}"), met).await;
        met.expect("a running upstream");
    }

    async fn until(&self, count: usize, condition: impl Fn(&SeenRequest) -> bool) {
        let condition = |request: &&SeenRequest| condition(request);
        self.until_seen("requests", |seen| {
            seen.requests.iter().filter(condition).count() >= count
        })
        .await;
    }
}

async fn play(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    script: Script,
    seen: watch::Sender<Seen>,
    released: watch::Receiver<bool>,
) {
    if script.ends_in_reset() {
        // With a linger time of zero, closing sends RST instead of FIN (socket(7), tcp(7)).
        stream.set_zero_linger().expect("an open socket");
    }
    let closing = seen.clone();
    // Errors only mean that the other side ended the connection.
    let _ = match acceptor {
        None => Connection::new(stream, seen, released).play(&script).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => Connection::new(stream, seen, released).play(&script).await,
            Err(error) => Err(error),
        },
    };
    closing.send_modify(|seen| seen.closed += 1);
}

/// Converts parsed headers.
pub(crate) fn header_map(headers: &[httparse::Header]) -> HeaderMap {
    let header = |header: &httparse::Header| {
        let name = HeaderName::from_bytes(header.name.as_bytes()).expect("a header's name");
        let value = HeaderValue::from_bytes(header.value).expect("a header's value");
        (name, value)
    };
    headers.iter().map(header).collect()
}
