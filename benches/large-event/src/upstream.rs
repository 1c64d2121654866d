//! The upstream: an HTTP server that takes every upload.

use std::io::{self, BufReader};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::http;

const ANSWER: &[u8] = br#"{"returnCode":"0","objectKey":"00000000-0000-4000-8000-000000000000"}"#;

/// Serves on a free port in the background; gives the base URL.
pub fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    Ok(url)
}

fn serve(stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while http::read(&mut stream)?.is_some() {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
        http::write(stream.get_mut(), head, ANSWER)?;
    }
    Ok(())
}
