//! The least that any program between client and upstream costs: it reads a request into a buffer
//! that it has already, writes it to the upstream, and hands the answer back. A thread for each
//! connection; no protocol but `Content-Length`, no time limits, no log.
//!
//!     rustc -O least.rs && UPSTREAM_BASE_URL=http://127.0.0.1:8001 ./least

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, thread};

/// Room for the largest body that is measured, and its head.
const LONGEST_MESSAGE: usize = 8 * 1024 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let upstream = env::var("UPSTREAM_BASE_URL")?;
    let upstream = upstream.trim_start_matches("http://");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!(r#"{{"address":"{}"}}"#, listener.local_addr()?);
    loop {
        let (client, _) = listener.accept()?;
        let upstream = TcpStream::connect(upstream)?;
        // It ends with an error when the client hangs up.
        thread::spawn(move || pass_on(client, upstream));
    }
}

fn pass_on(mut client: TcpStream, mut upstream: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    let mut buffer = vec![0; LONGEST_MESSAGE];
    loop {
        let request = read_message(&mut client, &mut buffer)?;
        upstream.write_all(request)?;
        let answer = read_message(&mut upstream, &mut buffer)?;
        client.write_all(answer)?;
    }
}

/// A head, and the body whose length it tells.
fn read_message<'a>(stream: &mut TcpStream, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
    let mut filled = 0;
    let mut length = None;
    while length.is_none_or(|length| filled < length) {
        filled += match stream.read(&mut buffer[filled..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => count,
        };
        length = length.or_else(|| message_length(&buffer[..filled]));
    }
    Ok(&buffer[..filled])
}

/// How long the whole message is; `None` if its head has not ended yet.
fn message_length(message: &[u8]) -> Option<usize> {
    let head = message.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let text = str::from_utf8(&message[..head]).ok()?;
    let body = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    Some(head + 4 + body?.parse::<usize>().ok()?)
}
