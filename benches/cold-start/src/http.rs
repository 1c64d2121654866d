//! As much of HTTP/1.1 as the measurement needs, on blocking streams.

use std::io::{self, BufRead, Read, Write};

/// A request's or an answer's first line and body.
pub struct Message {
    /// The request line or the status line.
    pub first_line: String,
    /// The body, by `Content-Length` or chunked.
    pub body: Vec<u8>,
}

/// Reads one message; `None` at the end of the stream.
pub fn read(stream: &mut impl BufRead) -> io::Result<Option<Message>> {
    let Some(first_line) = line(stream)? else {
        return Ok(None);
    };
    let (mut length, mut is_chunked) = (0, false);
    while let Some(header) = line(stream)?.filter(|header| !header.is_empty()) {
        let header = header.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = number(value, 10)?;
        }
        is_chunked |= header.starts_with("transfer-encoding:") && header.ends_with("chunked");
    }
    let mut body = Vec::new();
    if is_chunked {
        loop {
            let size = number(&line(stream)?.unwrap_or_default(), 16)?;
            stream.by_ref().take(size).read_to_end(&mut body)?;
            line(stream)?;
            if size == 0 {
                break;
            }
        }
    } else {
        stream.by_ref().take(length).read_to_end(&mut body)?;
    }
    Ok(Some(Message { first_line, body }))
}

/// Writes a message in one piece.
pub fn write(stream: &mut impl Write, head: &str, body: &[u8]) -> io::Result<()> {
    let head = format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len());
    let mut message = head.into_bytes();
    message.extend_from_slice(body);
    stream.write_all(&message)?;
    stream.flush()
}

fn line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let count = stream.read_line(&mut line)?;
    Ok((count > 0).then(|| line.trim_end().to_owned()))
}

fn number(text: &str, radix: u32) -> io::Result<u64> {
    u64::from_str_radix(text.trim(), radix).map_err(io::Error::other)
}
