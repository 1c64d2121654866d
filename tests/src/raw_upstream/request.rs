//! Reads just as much of a request as a script asks for.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Reads to the end of a head; the bytes that came after it.
pub(super) async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
) -> io::Result<(String, usize)> {
    const END: &[u8] = b"\r\n\r\n";
    let mut read = Vec::new();
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(at) = read.windows(END.len()).position(|bytes| bytes == END) {
            let head = String::from_utf8_lossy(&read[..at]).into_owned();
            return Ok((head, read.len() - at - END.len()));
        }
    }
}

/// Reads a whole request with a `Content-Length`.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let (head, body_bytes_read) = read_head(stream).await?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .unwrap_or_default();
    let rest = length.saturating_sub(body_bytes_read);
    stream.read_exact(&mut vec![0; rest]).await.map(drop)
}

/// Reads, and throws away, until the other side hangs up.
pub(super) async fn read_to_the_end(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    tokio::io::copy(stream, &mut tokio::io::sink())
        .await
        .map(drop)
}
