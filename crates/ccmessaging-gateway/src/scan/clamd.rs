//! Commands to `clamd` (clamd(8), `INSTREAM` and `PING`) and its responses.

use std::io;
use std::iter::once;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::error::ScanError;
use crate::config::ClamdAddress;

/// The longest response that is read. It contains the name of one signature.
const MAX_REPLY_BYTES: u64 = 1024;

/// The longest part of a response that is kept, for the log.
const MAX_KEPT_CHARACTERS: usize = 128;

/// The longest wait for the response to `PING`, which `clamd` sends even while it scans.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Opens a connection for each command, as the protocol requires.
#[derive(Clone, Debug)]
pub(super) struct Clamd(ClamdAddress);

/// The verdict of `clamd` on a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Clean,
    /// The name of the signature that matched, in printable ASCII.
    Found(String),
}

/// The response to a command.
struct Reply {
    bytes: Vec<u8>,
    /// It began before the whole command was sent.
    is_early: bool,
}

impl Clamd {
    pub(super) fn new(address: ClamdAddress) -> Self {
        Self(address)
    }

    /// Scans a file, which is the concatenation of the pieces. Dropping the future closes the connection.
    pub(super) async fn scan(
        &self,
        pieces: impl Iterator<Item = Vec<u8>>,
    ) -> Result<Verdict, ScanError> {
        let chunks = pieces.map(|piece| {
            let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            // In one write, because a short one would become a separate packet.
            [&length.to_be_bytes(), &piece[..]].concat()
        });
        let command = once(b"zINSTREAM\0".to_vec()).chain(chunks);
        let reply = self.ask(command.chain(once(vec![0; 4]))).await;
        let reply = reply.map_err(failure)?;
        match parse_reply(&reply.bytes)? {
            Verdict::Clean if reply.is_early => Err(ScanError::Premature),
            verdict => Ok(verdict),
        }
    }

    /// Returns whether the scanner responds to `PING`.
    pub(super) async fn is_alive(&self) -> bool {
        let reply = timeout(PING_TIMEOUT, self.ask(once(b"zPING\0".to_vec()))).await;
        reply.is_ok_and(|reply| reply.is_ok_and(|reply| reply.bytes == b"PONG\0"))
    }

    async fn ask(&self, command: impl Iterator<Item = Vec<u8>>) -> io::Result<Reply> {
        match &self.0 {
            ClamdAddress::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                // The end of the file is announced in four bytes, which must not wait for an acknowledgement.
                stream.set_nodelay(true)?;
                exchange(stream, command).await
            }
            ClamdAddress::Unix(path) => exchange(UnixStream::connect(path).await?, command).await,
        }
    }
}

/// Sends a command and reads the response. If that arrives first, the rest of the command is not sent, because
/// the scanner stops reading it.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite,
    command: impl Iterator<Item = Vec<u8>>,
) -> io::Result<Reply> {
    let (reader, mut writer) = split(stream);
    let mut reader = reader.take(MAX_REPLY_BYTES);
    let mut bytes = Vec::new();
    let sending = pin!(async {
        for part in command {
            writer.write_all(&part).await?;
        }
        Ok::<_, io::Error>(())
    });
    let is_early = tokio::select! {
        biased;
        read = reader.read_buf(&mut bytes) => read.map(|count| count > 0)?,
        sent = sending => match sent {
            Ok(()) => false,
            // The scanner may have responded before it closed the connection.
            Err(error) => match reader.read_to_end(&mut bytes).await {
                Ok(1..) => true,
                _ => return Err(error),
            },
        },
    };
    reader.read_to_end(&mut bytes).await?;
    Ok(Reply { bytes, is_early })
}

/// `clamd` closes the connection if a file exceeds its limit. Its response is then lost, because the
/// unread bytes reset the connection.
fn failure(error: io::Error) -> ScanError {
    match error.kind() {
        io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::UnexpectedEof => ScanError::HungUp,
        _ => ScanError::Unreachable(error),
    }
}

/// Parses `stream: OK`, `stream: NAME FOUND` or `… ERROR`, each terminated by a zero byte. Nothing else
/// counts as a verdict.
fn parse_reply(reply: &[u8]) -> Result<Verdict, ScanError> {
    let Some((&0, reply)) = reply.split_last() else {
        return Err(if reply.is_empty() {
            ScanError::HungUp
        } else {
            ScanError::NotClamd
        });
    };
    if let Some(text) = reply.strip_suffix(b" ERROR") {
        return Err(ScanError::Error(printable(text)));
    }
    match reply.strip_prefix(b"stream: ") {
        Some(b"OK") => Ok(Verdict::Clean),
        Some(found) => match found.strip_suffix(b" FOUND") {
            Some(name) if !name.is_empty() => Ok(Verdict::Found(printable(name))),
            _ => Err(ScanError::NotClamd),
        },
        None => Err(ScanError::NotClamd),
    }
}

fn printable(text: &[u8]) -> String {
    let escaped = text.escape_ascii().take(MAX_KEPT_CHARACTERS);
    escaped.map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clamds_own_words_are_a_verdict() {
        let found = |name: &str| Ok(Verdict::Found(name.to_owned()));
        for (reply, expected) in [
            (&b"stream: OK\0"[..], Ok(Verdict::Clean)),
            (b"stream: Own.Test FOUND\0", found("Own.Test")),
            (b"stream: a\nb\x1B\xFF FOUND\0", found("a\\nb\\x1b\\xff")),
            // A name may say what it likes.
            (b"stream: OK FOUND\0", found("OK")),
            (b"INSTREAM size limit exceeded. ERROR\0", Err(false)),
            (b"stream: OK ERROR\0", Err(false)),
            // `clamd` has ended, perhaps because of the file.
            (b"", Err(false)),
            (b"stream: OK", Err(true)),
            (b"stream: OK\n", Err(true)),
            (b"stream: OK\0\0", Err(true)),
            (b"stream: OK\0stream: OK\0", Err(true)),
            (b"stream: LOOK\0", Err(true)),
            (b"stream:  FOUND\0", Err(true)),
            (b"stream: FOUND\0", Err(true)),
            (b"OK\0", Err(true)),
            (b"\0", Err(true)),
            (b"HTTP/1.1 400 OK\r\n\0", Err(true)),
        ] {
            let read = parse_reply(reply);
            let read = read.map_err(|error| matches!(error, ScanError::NotClamd));
            assert_eq!(read, expected, "{}", reply.escape_ascii());
        }
    }

    #[test]
    fn a_long_reply_is_cut() {
        let reply = [b"stream: ", &[b'x'; 900][..], b" FOUND\0"].concat();
        let Ok(Verdict::Found(name)) = parse_reply(&reply) else {
            panic!("a verdict");
        };
        assert_eq!(name, "x".repeat(MAX_KEPT_CHARACTERS));
    }
}
