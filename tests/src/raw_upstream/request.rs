//! Reads just as much of a request as a script asks for.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::request_head::RequestHead;

/// Reads to the end of a head.
pub(super) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    RequestHead::read(stream, &mut Vec::new()).await.map(drop)
}

/// Reads a whole request with a `Content-Length`.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut body = Vec::new();
    let head = RequestHead::read(stream, &mut body).await?;
    let length = head.content_length().unwrap_or_default();
    let rest = length.saturating_sub(body.len());
    stream.read_exact(&mut vec![0; rest]).await.map(drop)
}

/// Reads, and throws away, until the other side hangs up.
pub(super) async fn read_to_the_end(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    tokio::io::copy(stream, &mut tokio::io::sink())
        .await
        .map(drop)
}
