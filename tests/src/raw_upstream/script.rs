//! What is played on a connection.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::request;

/// One thing to do on a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads to the end of the request's head.
    ReadHead,
    /// Reads so many bytes of the request, and nothing after them.
    ReadBytes(usize),
    /// Reads the whole request: its head, and as much as its `Content-Length` says.
    ReadRequest,
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Writes these bytes again and again, so many bytes in all unless the other side ends it.
    Flood(Vec<u8>, usize),
    /// Ends the sending half only, and reads until the other side hangs up.
    HalfClose,
    /// Reads, and says nothing, until the other side hangs up.
    Wait,
    /// Neither reads nor writes nor hangs up.
    Stall,
    /// Hangs up at once; over TLS without saying so (no `close_notify`).
    HangUp,
    /// Resets the connection.
    Reset,
}

/// The steps of a connection, in order. After the last one the connection is closed as it should be.
#[derive(Clone, Debug)]
pub struct Script(Arc<[Step]>);

impl Script {
    /// These steps.
    #[must_use]
    pub fn new(steps: impl Into<Vec<Step>>) -> Self {
        Self(steps.into().into())
    }

    /// Reads the request, writes this answer and closes the connection.
    #[must_use]
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        Self::new([Step::ReadRequest, Step::Write(answer.into())])
    }

    pub(super) fn ends_in_reset(&self) -> bool {
        matches!(self.0.last(), Some(Step::Reset))
    }

    pub(super) async fn play(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
    ) -> io::Result<()> {
        for step in &*self.0 {
            match step {
                Step::ReadHead => request::read_head(&mut stream).await?,
                Step::ReadBytes(count) => {
                    stream.read_exact(&mut vec![0; *count]).await?;
                }
                Step::ReadRequest => request::read(&mut stream).await?,
                Step::Write(bytes) => {
                    stream.write_all(bytes).await?;
                    stream.flush().await?;
                }
                Step::Flood(bytes, most_bytes) => {
                    for _ in 0..most_bytes / bytes.len() {
                        stream.write_all(bytes).await?;
                    }
                }
                Step::HalfClose => {
                    stream.shutdown().await?;
                    request::read_to_the_end(&mut stream).await?;
                }
                Step::Wait => request::read_to_the_end(&mut stream).await?,
                Step::Stall => std::future::pending().await,
                Step::HangUp | Step::Reset => return Ok(()),
            }
        }
        stream.shutdown().await
    }
}
