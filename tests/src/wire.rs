//! A client that writes raw bytes, including invalid HTTP.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::scripted_upstream::header_map;
use crate::time_limit::in_time;
use crate::{Answer, OBJECT_KEY, Request};

/// A TCP connection to the gateway.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Wire {
    /// Connects.
    pub async fn open(address: &str) -> Self {
        Self::connect(address, TcpSocket::new_v4().expect("a socket")).await
    }

    /// Connects with a receive buffer that only holds a few responses.
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

    /// Writes raw bytes.
    ///
    /// # Errors
    ///
    /// If the gateway has closed the connection.
    pub async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let written = self.stream.write_all(bytes.as_ref());
        in_time("the gateway must read or close", written).await
    }

    /// Writes raw bytes; panics if the connection is closed.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).await.expect("an open connection");
    }

    /// Writes bytes and reads the response.
    pub async fn ask(&mut self, bytes: impl AsRef<[u8]>) -> Answer {
        self.send(bytes).await;
        self.answer().await
    }

    /// Writes an upload that must be stored and returns the response.
    pub async fn store(&mut self, bytes: impl AsRef<[u8]>) -> Answer {
        let answer = self.ask(bytes).await;
        assert_eq!(answer.assert_stored(), OBJECT_KEY);
        answer
    }

    /// Closes the sending half.
    pub async fn finish(&mut self) {
        self.stream.shutdown().await.expect("an open connection");
    }

    /// Returns whether the gateway sends data or closes within `time`.
    pub async fn is_readable_within(&self, time: Duration) -> bool {
        let readable = self.stream.readable();
        tokio::time::timeout(time, readable).await.is_ok()
    }

    /// Reads the next response, including 1xx responses.
    pub async fn answer(&mut self) -> Answer {
        self.try_answer().await.expect("an answer")
    }

    /// Reads the next response, including 1xx responses; `None` if the gateway closes instead.
    pub async fn try_answer(&mut self) -> Option<Answer> {
        let (head_bytes, status, headers) = loop {
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut head = httparse::Response::new(&mut headers);
            let parsed = head.parse(&self.received).expect("an answer in HTTP");
            if let httparse::Status::Complete(bytes) = parsed {
                let status = head.code.expect("a whole head");
                break (bytes, status, header_map(head.headers));
            }
            if !self.receive().await {
                assert!(self.received.is_empty(), "a head that broke off");
                return None;
            }
        };
        self.received.drain(..head_bytes);
        let length = headers.get("content-length").map_or(0, |length| {
            let length = length.to_str().expect("ASCII");
            length.parse().expect("a length")
        });
        while self.received.len() < length {
            assert!(self.receive().await, "a body that broke off");
        }
        let bytes: Vec<u8> = self.received.drain(..length).collect();
        let text = String::from_utf8(bytes.clone());
        Some(Answer {
            status,
            headers,
            text: text.expect("a body in UTF-8"),
            bytes,
        })
    }

    /// Reads until the gateway closes, and returns the number of unread bytes.
    pub async fn drain(&mut self) -> usize {
        while self.receive().await {}
        self.received.len()
    }

    /// Reads more bytes; returns `false` at the end of the connection.
    async fn receive(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.received);
        let read = in_time("the gateway must answer or close", read).await;
        // Closing a connection with unread bytes resets it, which counts as closed.
        read.unwrap_or(0) > 0
    }
}

impl Request {
    /// Returns the request's HTTP/1.1 head with further header lines, but no body length.
    pub fn head(&self, lines: &[&str]) -> String {
        let own = self.headers.iter();
        let own = own.map(|(name, value)| format!("{name}: {value}"));
        let mut all = vec![
            format!("{} {} HTTP/1.1", self.method, self.path),
            "Host: gateway.example".to_owned(),
        ];
        all.extend(own);
        all.extend(lines.iter().map(|&line| line.to_owned()));
        all.join("\r\n") + "\r\n\r\n"
    }

    /// Returns the header line with the length of the body.
    pub fn content_length(&self) -> String {
        format!("Content-Length: {}", self.body.len())
    }

    /// Returns the complete HTTP/1.1 request with a `Content-Length`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = self.head(&[&self.content_length()]);
        [head.as_bytes(), &self.body].concat()
    }
}
