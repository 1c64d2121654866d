//! The upstream: a TLS server that takes every upload.

use std::io::{self, BufReader, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::http;

const ANSWER: &[u8] = br#"{"returnCode":"0","objectKey":"00000000-0000-4000-8000-000000000000"}"#;

/// Serves on a free port in the background; gives the base URL.
pub fn start(folder: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem"))?;
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("https://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || match serve(stream, config) {
                Err(error) if !is_end(&error) => eprintln!("upstream: {error}"),
                _ => {}
            });
        }
    });
    Ok(url)
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    while http::read(&mut stream)?.is_some() {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
        http::write(stream.get_mut(), head, ANSWER)?;
    }
    Ok(())
}

/// The programs are killed once they have answered.
fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
    )
}
