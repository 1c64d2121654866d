//! A connection to `clamd` and its responses.
//!
//! `clamav-client` implements the protocol (clamd(8), `INSTREAM`). But it reads the response to the end
//! of the connection without a limit of size or time, and accepts any text that contains `OK` as clean.
//! Therefore the transport here limits the response, and the verdict is parsed here.

use std::io;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use clamav_client::tokio::{TransportProtocol, ping, scan_stream};
use futures_util::Stream;
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::connection::{Connection, EarlyReply};
use super::error::ScanError;
use crate::config::ClamdAddress;

/// The longest part of a response that is kept, for the log.
const MAX_KEPT_CHARACTERS: usize = 128;

/// The largest chunk in which a file is sent.
const CHUNK_BYTES: usize = 64 * 1024;

/// The longest wait for the response to `PING`, which `clamd` sends even while it scans.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Opens a connection for each file, as the protocol requires.
#[derive(Clone, Debug)]
pub(super) struct Clamd(ClamdAddress);

/// The verdict of `clamd` on a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Clean,
    /// The name of the signature that matched, in printable ASCII.
    Found(String),
}

impl Clamd {
    pub(super) fn new(address: ClamdAddress) -> Self {
        Self(address)
    }

    /// Scans the bytes of the stream. Dropping the future closes the connection.
    pub(super) async fn scan<S>(&self, file: S) -> Result<Verdict, ScanError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send,
    {
        let attempt = Attempt {
            address: &self.0,
            early: EarlyReply::default(),
        };
        let reply = scan_stream(file, &attempt, Some(CHUNK_BYTES)).await;
        match parse_reply(&reply.map_err(failure)?)? {
            Verdict::Clean if attempt.early.is_set() => Err(ScanError::Premature),
            verdict => Ok(verdict),
        }
    }

    /// Returns whether the scanner responds to `PING`.
    pub(super) async fn is_alive(&self) -> bool {
        let attempt = Attempt {
            address: &self.0,
            early: EarlyReply::default(),
        };
        let reply = timeout(PING_TIMEOUT, ping(attempt)).await;
        reply.is_ok_and(|reply| reply.is_ok_and(|reply| reply == clamav_client::PONG))
    }
}

/// One connection to the scanner.
struct Attempt<'a> {
    address: &'a ClamdAddress,
    early: EarlyReply,
}

impl TransportProtocol for Attempt<'_> {
    type Stream = Connection;

    async fn connect(&self) -> io::Result<Connection> {
        match self.address {
            ClamdAddress::Tcp(address) => connect_tcp(address, self.early.clone()).await,
            ClamdAddress::Unix(path) => connect_unix(path, self.early.clone()).await,
        }
    }
}

async fn connect_tcp(address: &str, early: EarlyReply) -> io::Result<Connection> {
    let stream = TcpStream::connect(address).await?;
    // The end of the file is announced in four bytes, which must not wait for an acknowledgement.
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    Ok(Connection::new(reader, writer, early))
}

async fn connect_unix(path: &Path, early: EarlyReply) -> io::Result<Connection> {
    let (reader, writer) = UnixStream::connect(path).await?.into_split();
    Ok(Connection::new(reader, writer, early))
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
