//! An upstream that reads its connections byte by byte, and tells what it got to see of a request
//! that was never completed.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::patience::in_time;
use crate::request_head::RequestHead;
use crate::upstream::stored;

/// The end of a chunked body (RFC 9112 section 7.1) behind at least one chunk.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// How much of a request's end is kept.
const END_BYTES: usize = 128;

/// When the upstream answers, and what.
#[derive(Clone, Debug)]
pub enum Conduct {
    /// It reads the whole request, and answers that the file is stored.
    Store,
    /// It answers as soon as it has read the request's head, and reads on.
    AnswerEarly(String),
    /// It answers as soon as it has read the request's head, and closes the connection.
    AnswerEarlyAndClose(String),
    /// It reads the head, and nothing more before it is [released](WatchedUpstream::release); then
    /// it goes on as [`Store`](Self::Store).
    Hold,
}

/// The running upstream. It ends when it is dropped.
#[derive(Debug)]
pub struct WatchedUpstream {
    uri: String,
    seen: watch::Receiver<Vec<SeenRequest>>,
    begun: watch::Receiver<usize>,
    is_released: watch::Sender<bool>,
    _connections: JoinSet<()>,
}

/// What came in on one connection, up to its end or to the end of its request.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    head: RequestHead,
    /// How many bytes came behind the head.
    pub body_bytes: usize,
    /// Whether they were a whole body, by its `Content-Length` or its last chunk.
    pub is_complete: bool,
    /// The last bytes, as text.
    pub end: String,
}

impl WatchedUpstream {
    /// Starts on a free port.
    ///
    /// # Panics
    ///
    /// If it cannot listen.
    pub async fn start(conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (record, seen) = watch::channel(Vec::new());
        let (begun_sender, begun) = watch::channel(0);
        let (is_released, released) = watch::channel(false);
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            // Dropping the set closes the connections.
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let connection = Connection {
                    stream,
                    conduct: conduct.clone(),
                    begun: begun_sender.clone(),
                    released: released.clone(),
                };
                let record = record.clone();
                open.spawn(async move {
                    let seen = connection.serve().await;
                    record.send_modify(|all| all.extend(seen));
                });
            }
        });
        Self {
            uri: format!("http://{address}"),
            seen,
            begun,
            is_released,
            _connections: connections,
        }
    }

    /// Its base URL.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Lets all requests go on.
    pub fn release(&self) {
        self.is_released.send_replace(true);
    }

    /// Waits until the heads of `count` requests have come.
    ///
    /// # Panics
    ///
    /// If they never do.
    pub async fn until_begun(&self, count: usize) {
        let mut begun = self.begun.clone();
        let begun = begun.wait_for(|&begun| begun >= count);
        let begun = in_time("the heads of requests must come", begun).await;
        begun.expect("a running upstream");
    }

    /// How many requests have begun.
    #[must_use]
    pub fn begun(&self) -> usize {
        *self.begun.borrow()
    }

    /// Waits until `count` requests have ended, one way or the other.
    ///
    /// # Panics
    ///
    /// If they never do.
    pub async fn until_seen(&self, count: usize) -> Vec<SeenRequest> {
        let mut seen = self.seen.clone();
        let seen = seen.wait_for(|seen| seen.len() >= count);
        let seen = in_time("requests must end", seen).await;
        seen.expect("a running upstream").clone()
    }
}

/// A connection that is to be served.
struct Connection {
    stream: TcpStream,
    conduct: Conduct,
    begun: watch::Sender<usize>,
    released: watch::Receiver<bool>,
}

impl Connection {
    /// Serves one request; `None` if the connection ends before its head does.
    async fn serve(mut self) -> Option<SeenRequest> {
        let mut end = Vec::new();
        let head = RequestHead::read(&mut self.stream, &mut end).await.ok()?;
        self.begun.send_modify(|begun| *begun += 1);
        let mut seen = SeenRequest {
            head,
            body_bytes: end.len(),
            is_complete: false,
            end: String::new(),
        };
        match &self.conduct {
            Conduct::Store => {}
            Conduct::AnswerEarly(answer) => self.stream.write_all(answer.as_bytes()).await.ok()?,
            Conduct::AnswerEarlyAndClose(answer) => {
                self.stream.write_all(answer.as_bytes()).await.ok()?;
                return Some(seen);
            }
            Conduct::Hold => {
                let released = self.released.wait_for(|&is_released| is_released);
                drop(released.await.ok()?);
            }
        }
        self.read_body(&mut seen, &mut end).await;
        seen.end = String::from_utf8_lossy(&end).into_owned();
        if seen.is_complete && matches!(self.conduct, Conduct::Store | Conduct::Hold) {
            let stored = answer(200, &stored());
            self.stream.write_all(stored.as_bytes()).await.ok()?;
        }
        Some(seen)
    }

    /// Reads to the end of the body, or of the connection.
    async fn read_body(&mut self, seen: &mut SeenRequest, end: &mut Vec<u8>) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            seen.is_complete = is_complete(&seen.head, seen.body_bytes, end);
            if seen.is_complete {
                return;
            }
            let count = self.stream.read(&mut buffer).await.unwrap_or(0);
            if count == 0 {
                return;
            }
            seen.body_bytes += count;
            end.extend_from_slice(&buffer[..count]);
            end.drain(..end.len().saturating_sub(END_BYTES));
        }
    }
}

/// An answer in JSON, as it goes over the wire.
#[must_use]
pub fn answer(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

fn is_complete(head: &RequestHead, body_bytes: usize, end: &[u8]) -> bool {
    match head.content_length() {
        Some(length) => body_bytes >= length,
        None => end.ends_with(LAST_CHUNK),
    }
}

impl SeenRequest {
    /// The request line and the headers.
    #[must_use]
    pub fn head(&self) -> &str {
        self.head.text()
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }
}
