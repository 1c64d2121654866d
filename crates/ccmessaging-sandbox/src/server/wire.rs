//! The end of a connection, written past hyper.

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::answer::Answer;

/// The last bytes of a connection, and how it ends.
#[derive(Debug)]
pub(crate) struct Finale {
    pub(crate) bytes: Bytes,
    pub(crate) ending: Ending,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A normal close (FIN).
    Close,
    /// A reset (RST).
    Reset,
}

impl Finale {
    /// Plays the finale on `stream`.
    pub(crate) async fn play(self, mut stream: TcpStream) {
        // A caller that has already gone cannot be misled any more.
        let written = stream.write_all(&self.bytes).await;
        match self.ending {
            Ending::Close if written.is_ok() => drop(stream.shutdown().await),
            Ending::Close => {}
            // With a linger time of zero, closing sends RST instead of FIN (socket(7), tcp(7)).
            Ending::Reset => drop(stream.set_zero_linger()),
        }
    }
}

/// The way from a call's handler to its connection.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionHandle(mpsc::Sender<Finale>);

impl ConnectionHandle {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Finale>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), receiver)
    }

    /// Ends the connection with `finale`, and with it the caller of this: it never returns.
    pub(crate) async fn end(self, finale: Finale) -> std::convert::Infallible {
        let _ = self.0.send(finale).await;
        std::future::pending().await
    }
}

/// The head of `answer`, promising its whole body.
pub(crate) fn head(answer: &Answer) -> BytesMut {
    let mut head = BytesMut::new();
    let status = answer.status;
    head.extend_from_slice(b"HTTP/1.1 ");
    head.extend_from_slice(status.as_str().as_bytes());
    head.extend_from_slice(b" ");
    head.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
    for (name, value) in &answer.headers {
        line(&mut head, name.as_str(), value.as_bytes());
    }
    let length = answer.body.len().to_string();
    line(&mut head, CONTENT_LENGTH.as_str(), length.as_bytes());
    head.extend_from_slice(b"\r\n\r\n");
    head
}

fn line(head: &mut BytesMut, name: &str, value: &[u8]) {
    head.extend_from_slice(b"\r\n");
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
}
