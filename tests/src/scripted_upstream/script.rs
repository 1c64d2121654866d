//! What is played on a connection.

use std::sync::Arc;

use crate::stored;

/// One thing to do on a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads to the end of the request's head.
    ReadHead,
    /// Reads so many bytes of the request, and nothing after them.
    ReadBytes(usize),
    /// Reads what is left of the request, to the end of its body.
    ReadRequest,
    /// Reads a whole file as `clamd` is sent one (clamd(8), `INSTREAM`).
    ReadScan,
    /// Waits until the upstream is told to go on.
    Hold,
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

impl Step {
    /// Answers that the file is stored.
    fn stored() -> Self {
        Self::Write(http_answer(200, "Connection: close\r\n", stored()))
    }
}

/// The steps of a connection, in order. After the last one the connection is closed as it should be.
#[derive(Clone, Debug)]
pub struct Script(pub(super) Arc<[Step]>);

impl Script {
    /// These steps.
    pub fn new(steps: impl Into<Arc<[Step]>>) -> Self {
        Self(steps.into())
    }

    /// Reads the request and writes this answer.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        Self::new([Step::ReadRequest, Step::Write(answer.into())])
    }

    /// Reads the upload and answers that it is stored.
    pub fn storing() -> Self {
        Self::new([Step::ReadRequest, Step::stored()])
    }

    /// Reads the upload, and answers that it is stored once the upstream is told to go on.
    pub fn holding() -> Self {
        Self::new([Step::ReadRequest, Step::Hold, Step::stored()])
    }

    /// Reads the upload's head, and the rest once the upstream is told to go on; then answers that it
    /// is stored.
    pub fn stalling() -> Self {
        let steps = [Step::ReadHead, Step::Hold, Step::ReadRequest];
        Self::new([&steps[..], &[Step::stored()]].concat())
    }

    /// Reads a file as `clamd` does and says this of it.
    pub fn scanning(answer: impl Into<Vec<u8>>) -> Self {
        Self::new([Step::ReadScan, Step::Write(answer.into())])
    }

    pub(super) fn ends_in_reset(&self) -> bool {
        matches!(self.0.last(), Some(Step::Reset))
    }
}

/// An answer as it goes over the wire: status line, these header lines, `Content-Length`, body.
pub fn http_answer(status: u16, lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} -\r\n{lines}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
