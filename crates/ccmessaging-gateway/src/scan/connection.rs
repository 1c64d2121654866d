//! A connection to the scanner that limits the response and detects one that arrives too early.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf, Take};

/// The longest response that is read. It contains the name of one signature.
const MAX_REPLY_BYTES: u64 = 1024;

/// Whether the scanner responded before the whole file was sent. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub(super) struct EarlyReply(Arc<AtomicBool>);

impl EarlyReply {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A connection over TCP or a Unix socket.
pub(super) struct Connection {
    reader: Take<Box<dyn AsyncRead + Send + Unpin>>,
    writer: Box<dyn AsyncWrite + Send + Unpin>,
    early: EarlyReply,
    /// The unread bytes of an early response.
    reply: Vec<u8>,
}

impl Connection {
    pub(super) fn new(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
        early: EarlyReply,
    ) -> Self {
        let reader: Box<dyn AsyncRead + Send + Unpin> = Box::new(reader);
        Self {
            reader: reader.take(MAX_REPLY_BYTES),
            writer: Box::new(writer),
            early,
            reply: Vec::new(),
        }
    }

    /// Reads the beginning of a response, if it has already arrived.
    fn look_for_reply(&mut self, cx: &mut Context<'_>) {
        let mut buffer = [0; 256];
        let mut buffer = ReadBuf::new(&mut buffer);
        let read = Pin::new(&mut self.reader).poll_read(cx, &mut buffer);
        if matches!(read, Poll::Ready(Ok(()))) && !buffer.filled().is_empty() {
            self.reply.extend_from_slice(buffer.filled());
            self.early.0.store(true, Ordering::Relaxed);
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.reply.is_empty() {
            return Pin::new(&mut self.reader).poll_read(cx, buffer);
        }
        let count = self.reply.len().min(buffer.remaining());
        buffer.put_slice(&self.reply[..count]);
        self.reply.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    /// Discards the rest of the file after an early response, because the scanner stops reading it.
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.early.is_set() {
            self.look_for_reply(cx);
        }
        if self.early.is_set() {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.writer).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.early.is_set() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_shutdown(cx)
    }
}
