//! Reads the head of a request byte by byte, as an upstream that uses no HTTP library.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The request line and the headers, without the empty line behind them.
#[derive(Clone, Debug)]
pub(crate) struct RequestHead(String);

impl RequestHead {
    /// Reads to the end of a head; `rest` gets the bytes of the body that came with it.
    ///
    /// # Errors
    ///
    /// The connection ends before the head does.
    pub(crate) async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        rest: &mut Vec<u8>,
    ) -> io::Result<Self> {
        const END: &[u8] = b"\r\n\r\n";
        loop {
            if let Some(at) = rest.windows(END.len()).position(|bytes| bytes == END) {
                let head = String::from_utf8_lossy(&rest[..at]).into_owned();
                rest.drain(..at + END.len());
                return Ok(Self(head));
            }
            if stream.read_buf(rest).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The length of the body, if the head declares it.
    pub(crate) fn content_length(&self) -> Option<usize> {
        self.header("content-length")?.parse().ok()
    }
}
