//! Plays a script on a connection.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;

use super::script::{Script, Step};
use super::{Seen, SeenRequest, header_map};

/// The end of a chunked body (RFC 9112 section 7.1) after at least one chunk.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// How many of a request's last bytes are kept.
const END_BYTES: usize = 128;

pub(super) struct Connection<S> {
    stream: S,
    seen: watch::Sender<Seen>,
    released: watch::Receiver<bool>,
    /// The index of the connection's request among the recorded ones.
    request: Option<usize>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(super) fn new(
        stream: S,
        seen: watch::Sender<Seen>,
        released: watch::Receiver<bool>,
    ) -> Self {
        Self {
            stream,
            seen,
            released,
            request: None,
        }
    }

    pub(super) async fn play(mut self, script: &Script) -> io::Result<()> {
        let played = self.play_steps(script).await;
        self.note(|request| request.is_over = true);
        played
    }

    async fn play_steps(&mut self, script: &Script) -> io::Result<()> {
        for step in &*script.0 {
            match step {
                Step::ReadHead => self.read_head().await?,
                Step::ReadBytes(count) => {
                    self.stream.read_exact(&mut vec![0; *count]).await?;
                }
                Step::ReadScan => self.read_scan().await?,
                Step::ReadRequest => self.read_request().await?,
                Step::Hold => {
                    let released = self.released.wait_for(|&is_released| is_released);
                    drop(released.await.map_err(io::Error::other)?);
                }
                Step::Write(bytes) => {
                    self.stream.write_all(bytes).await?;
                    self.stream.flush().await?;
                }
                Step::Flood(bytes, most_bytes) => {
                    for _ in 0..most_bytes / bytes.len() {
                        self.stream.write_all(bytes).await?;
                    }
                }
                Step::HalfClose => {
                    self.stream.shutdown().await?;
                    self.read_to_the_end().await?;
                }
                Step::Wait => self.read_to_the_end().await?,
                Step::Stall => std::future::pending().await,
                Step::HangUp | Step::Reset => return Ok(()),
            }
        }
        self.stream.shutdown().await
    }

    async fn read_head(&mut self) -> io::Result<()> {
        let mut received = Vec::new();
        loop {
            if self.stream.read_buf(&mut received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut head = httparse::Request::new(&mut headers);
            let parsed = head.parse(&received).map_err(io::Error::other)?;
            if let httparse::Status::Complete(bytes) = parsed {
                let mut request = SeenRequest {
                    headers: header_map(head.headers),
                    ..SeenRequest::default()
                };
                request.take(&received[bytes..]);
                self.seen.send_modify(|seen| {
                    self.request = Some(seen.requests.len());
                    seen.requests.push(request);
                });
                return Ok(());
            }
        }
    }

    async fn read_request(&mut self) -> io::Result<()> {
        if self.request.is_none() {
            self.read_head().await?;
        }
        let mut buffer = vec![0; 64 * 1024];
        while !self.note(|request| request.is_complete) {
            match self.stream.read(&mut buffer).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.note(|request| request.take(&buffer[..count])),
            }
        }
        Ok(())
    }

    async fn read_scan(&mut self) -> io::Result<()> {
        const COMMAND: &[u8] = b"zINSTREAM\0";
        let mut command = vec![0; COMMAND.len()];
        self.stream.read_exact(&mut command).await?;
        assert_eq!(command, COMMAND);
        let mut file = Vec::new();
        loop {
            let length = self.stream.read_u32().await?;
            if length == 0 {
                self.seen.send_modify(|seen| seen.scanned.push(file));
                return Ok(());
            }
            let mut chunk = (&mut self.stream).take(length.into());
            let count = chunk.read_to_end(&mut file).await?;
            if count < usize::try_from(length).expect("a chunk's length") {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn read_to_the_end(&mut self) -> io::Result<()> {
        let mut sink = tokio::io::sink();
        tokio::io::copy(&mut self.stream, &mut sink).await.map(drop)
    }

    /// Reads or changes the record of the connection's request.
    fn note<T: Default>(&self, change: impl FnOnce(&mut SeenRequest) -> T) -> T {
        let mut noted = T::default();
        if let Some(at) = self.request {
            self.seen
                .send_modify(|seen| noted = change(&mut seen.requests[at]));
        }
        noted
    }
}

impl SeenRequest {
    /// Records bytes of the body.
    fn take(&mut self, bytes: &[u8]) {
        self.body_bytes += bytes.len();
        self.end.extend_from_slice(bytes);
        self.end.drain(..self.end.len().saturating_sub(END_BYTES));
        self.is_complete = match self.headers.get("content-length") {
            Some(length) => {
                let length = length.to_str().ok().and_then(|length| length.parse().ok());
                length.is_some_and(|length: usize| self.body_bytes >= length)
            }
            // A request with neither header has an empty body (RFC 9112 section 6.3).
            None if !self.headers.contains_key("transfer-encoding") => true,
            None => self.end.ends_with(LAST_CHUNK),
        };
    }
}
