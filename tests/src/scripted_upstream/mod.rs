//! An upstream that plays a script byte by byte, which no HTTP library would let a server do, and
//! tells what it got to see.

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

/// The running upstream, which plays the same script on every connection. It ends when dropped.
#[derive(Debug)]
pub struct ScriptedUpstream {
    address: SocketAddr,
    seen: watch::Receiver<Seen>,
    is_released: watch::Sender<bool>,
    _server: JoinSet<()>,
}

/// What came in on all connections.
#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    /// How many of them have ended.
    closed: usize,
    requests: Vec<SeenRequest>,
    /// Files that came whole, to be scanned.
    scanned: Vec<Vec<u8>>,
}

/// A request whose head arrived.
#[derive(Clone, Debug, Default)]
pub struct SeenRequest {
    /// Its headers.
    pub headers: HeaderMap,
    /// How many bytes have come behind the head.
    pub body_bytes: usize,
    /// The last of these bytes.
    pub end: Vec<u8>,
    /// Whether they are a whole body, by its `Content-Length` or its last chunk.
    pub is_complete: bool,
    /// Whether the script, or the connection, has ended.
    pub is_over: bool,
}

impl ScriptedUpstream {
    /// Plays the script on a free port.
    pub async fn start(script: Script) -> Self {
        Self::serve(Vec::new(), script, None).await
    }

    /// Plays each of the first scripts on one connection, and the last one on all further ones.
    pub async fn start_changing(first: Vec<Script>, last: Script) -> Self {
        Self::serve(first, last, None).await
    }

    /// Plays the script on a free port behind TLS.
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

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL without TLS.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its base URL with TLS, by the name that its certificate is for.
    pub fn tls_uri(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Its address as that of a `clamd`.
    pub fn clamd(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// The files that it was sent whole, to be scanned.
    pub fn scanned(&self) -> Vec<Vec<u8>> {
        self.seen.borrow().scanned.clone()
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.seen.borrow().connections
    }

    /// The requests whose heads have arrived.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.seen.borrow().requests.clone()
    }

    /// Lets every script pass [`Step::Hold`], now and from now on.
    pub fn release(&self) {
        self.is_released.send_replace(true);
    }

    /// Waits until the heads of so many requests have arrived.
    pub async fn until_begun(&self, count: usize) {
        self.until(count, |_| true).await;
    }

    /// Waits until so many requests have arrived whole.
    pub async fn until_complete(&self, count: usize) {
        self.until(count, |request| request.is_complete).await;
    }

    /// Waits until the scripts of so many requests have ended, one way or the other.
    pub async fn until_over(&self, count: usize) -> Vec<SeenRequest> {
        self.until(count, |request| request.is_over).await;
        self.requests()
    }

    /// Waits until so many files have come whole, to be scanned.
    pub async fn until_scanned(&self, count: usize) {
        self.until_seen("files", |seen| seen.scanned.len() >= count)
            .await;
    }

    /// Waits until so many connections have ended.
    pub async fn until_closed(&self, count: usize) {
        self.until_seen("ends of connections", |seen| seen.closed >= count)
            .await;
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
    // Whatever fails here was ended by the other side, which is all that a script can want.
    let _ = match acceptor {
        None => Connection::new(stream, seen, released).play(&script).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => Connection::new(stream, seen, released).play(&script).await,
            Err(error) => Err(error),
        },
    };
    closing.send_modify(|seen| seen.closed += 1);
}

/// The headers of a head.
pub(crate) fn header_map(headers: &[httparse::Header]) -> HeaderMap {
    let header = |header: &httparse::Header| {
        let name = HeaderName::from_bytes(header.name.as_bytes()).expect("a header's name");
        let value = HeaderValue::from_bytes(header.value).expect("a header's value");
        (name, value)
    };
    headers.iter().map(header).collect()
}
