//! Scripts for connections.

use std::sync::Arc;

use crate::stored;

/// A step of a script.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads to the end of the request's head.
    ReadHead,
    /// Reads this many bytes of the request and no more.
    ReadBytes(usize),
    /// Reads the rest of the request, to the end of its body.
    ReadRequest,
    /// Reads a complete file in the protocol of `clamd` (clamd(8), `INSTREAM`).
    ReadScan,
    /// Waits until the upstream is released.
    Hold,
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Writes these bytes repeatedly, up to this many bytes in total.
    Flood(Vec<u8>, usize),
    /// Closes the sending half and reads until the other side closes.
    HalfClose,
    /// Reads until the other side closes.
    Wait,
    /// Neither reads nor writes nor closes.
    Stall,
    /// Closes at once; with TLS, without `close_notify`.
    HangUp,
    /// Resets the connection.
    Reset,
}

impl Step {
    /// Responds that the file is stored.
    fn stored() -> Self {
        Self::Write(http_answer(200, "Connection: close\r\n", stored()))
    }
}

/// The steps of a connection in order. After the last one the connection is closed gracefully.
#[derive(Clone, Debug)]
pub struct Script(pub(super) Arc<[Step]>);

impl Script {
    /// Returns a script with these steps.
    pub fn new(steps: impl Into<Arc<[Step]>>) -> Self {
        Self(steps.into())
    }

    /// Reads the request and writes this response.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        Self::new([Step::ReadRequest, Step::Write(answer.into())])
    }

    /// Reads the upload and responds that it is stored.
    pub fn storing() -> Self {
        Self::new([Step::ReadRequest, Step::stored()])
    }

    /// Reads the upload, waits for the release, and responds that it is stored.
    pub fn holding() -> Self {
        Self::new([Step::ReadRequest, Step::Hold, Step::stored()])
    }

    /// Reads a file as `clamd` does and writes this verdict.
    pub fn scanning(answer: impl Into<Vec<u8>>) -> Self {
        Self::new([Step::ReadScan, Step::Write(answer.into())])
    }

    pub(super) fn ends_in_reset(&self) -> bool {
        matches!(self.0.last(), Some(Step::Reset))
    }
}

/// Returns a raw response: status line, these header lines, `Content-Length`, body.
pub fn http_answer(status: u16, lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} -\r\n{lines}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
