//! A client that writes what no HTTP client would.

use std::io;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::patience::in_time;
use crate::{Answer, Request};

/// A TCP connection to the gateway.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Wire {
    /// Connects.
    ///
    /// # Panics
    ///
    /// If nothing listens there.
    pub async fn open(address: &str) -> Self {
        Self::connect(address, TcpSocket::new_v4().expect("a socket")).await
    }

    /// Connects with room for a few answers only, if they are not read.
    ///
    /// # Panics
    ///
    /// If nothing listens there.
    pub async fn open_narrow(address: &str) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a TCP socket");
        Self::connect(address, socket).await
    }

    async fn connect(address: &str, socket: TcpSocket) -> Self {
        let address = address.parse().expect("an address");
        let stream = socket.connect(address).await.expect("a listener");
        stream.set_nodelay(true).expect("a TCP connection");
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    ///
    /// The gateway has closed the connection.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let written = self.stream.write_all(bytes.as_ref());
        in_time("the gateway must read or close", written).await
    }

    /// Closes the sending half.
    ///
    /// # Panics
    ///
    /// If the connection is broken.
    pub async fn finish(&mut self) {
        self.stream.shutdown().await.expect("an open connection");
    }

    /// Whether the gateway sends something, or closes, within a time.
    pub async fn is_readable_within(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.stream.readable())
            .await
            .is_ok()
    }

    /// The next answer, interim ones included; `None` if the gateway closes before it.
    ///
    /// # Panics
    ///
    /// If what comes is not HTTP.
    pub async fn answer(&mut self) -> Option<Answer> {
        let head_bytes = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break end + 4;
            }
            if !self.receive().await {
                assert!(self.received.is_empty(), "a head that broke off");
                return None;
            }
        };
        let head = String::from_utf8(self.received.drain(..head_bytes).collect());
        let head = head.expect("a head in ASCII");
        let (status_line, lines) = head.split_once("\r\n").expect("a status line");
        let status = status_line
            .strip_prefix("HTTP/1.1 ")
            .or_else(|| status_line.strip_prefix("HTTP/1.0 "))
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .unwrap_or_else(|| panic!("not a status line: {status_line}"));
        let headers: HeaderMap = lines.lines().filter_map(header).collect();
        let length = headers.get("content-length").map_or(0, |length| {
            let length = length.to_str().expect("ASCII");
            length.parse().expect("a length")
        });
        while self.received.len() < length {
            assert!(self.receive().await, "a body that broke off");
        }
        let text = String::from_utf8(self.received.drain(..length).collect());
        Some(Answer {
            status,
            headers,
            text: text.expect("a body in UTF-8"),
        })
    }

    /// Reads until the gateway closes; returns how many bytes there were.
    pub async fn drain(&mut self) -> usize {
        while self.receive().await {}
        self.received.len()
    }

    /// Reads more; `false` at the connection's end.
    async fn receive(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.received);
        let read = in_time("the gateway must answer or close", read).await;
        // A connection that is closed with unread bytes is reset: closed all the same.
        read.unwrap_or(0) > 0
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|seen| seen == wanted)
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((name.parse().ok()?, value.trim().parse().ok()?))
}

impl Request {
    /// The request's head as HTTP/1.1, with more header lines, and without any that says how long
    /// the body is.
    #[must_use]
    pub fn head(&self, lines: &[&str]) -> String {
        let own = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"));
        let more = lines.iter().copied().map(str::to_owned);
        let lines: Vec<String> = ["Host: gateway.example".to_owned()]
            .into_iter()
            .chain(own)
            .chain(more)
            .collect();
        let (method, path) = (&self.method, &self.path);
        format!("{method} {path} HTTP/1.1\r\n{}\r\n\r\n", lines.join("\r\n"))
    }

    /// The whole request as HTTP/1.1, with a `Content-Length`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = format!("Content-Length: {}", self.body.len());
        [self.head(&[&length]).as_bytes(), &self.body].concat()
    }
}
