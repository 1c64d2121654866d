//! What may travel unencrypted, and whose certificates are trusted.

use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gateway_tests::{Door, Request, sample, tls_acceptor};
use rcgen::{CertificateParams, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::{PROGRAM, gateway};

/// Starts the program where it cannot stay: code 2 says that the settings are refused, code 1 that
/// they are taken and only the listening address is in use.
fn start(settings: &[(&str, &str)]) -> Output {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    Command::new(PROGRAM)
        .env_clear()
        .env("LISTEN_ADDRESS", address)
        .envs(settings.iter().copied())
        .output()
        .expect("the program must start")
}

fn with_addresses<'a>(upstream: &'a str, token_service: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("UPSTREAM_BASE_URL", upstream),
        ("TOKEN_BASE_URL", token_service),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ]
}

const ENCRYPTED: &str = "https://service.example.com";

#[test]
fn an_unencrypted_address_is_taken_of_this_machine_only() {
    let elsewhere = [
        "http://service.example.com",
        "HTTP://service.example.com",
        "http://10.0.0.1:8000",
        "http://0.0.0.0:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[2001:db8::1]:8000",
    ];
    for url in elsewhere {
        for (name, settings) in [
            ("UPSTREAM_BASE_URL", with_addresses(url, ENCRYPTED)),
            ("TOKEN_BASE_URL", with_addresses(ENCRYPTED, url)),
        ] {
            let output = start(&settings);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{name}={url}: {said}");
            assert!(said.contains(name), "{name}={url}: {said}");
            assert!(said.contains("https://"), "{name}={url}: {said}");
        }
    }
    let here = [
        "http://127.0.0.1:8000",
        "http://127.1.2.3",
        "http://[::1]:8000",
        "http://localhost:8000",
        "http://LOCALHOST",
    ];
    for url in here {
        let output = start(&with_addresses(url, url));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{url}: {said}");
    }
}

#[test]
fn a_setting_allows_unencrypted_addresses_elsewhere() {
    let url = "http://service.example.com";
    for (value, code) in [("true", 1), ("false", 2), ("", 2)] {
        let mut settings = with_addresses(url, url);
        settings.push(("UPSTREAM_ALLOW_HTTP", value));
        let output = start(&settings);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{value}: {said}");
    }
}

#[tokio::test]
async fn an_upload_reaches_only_an_upstream_whose_certificate_is_trusted_and_right() {
    for door in Door::ALL {
        for (name, is_trusted, is_stored) in [
            ("localhost", true, true),
            ("localhost", false, false),
            ("service.example.com", true, false),
        ] {
            let upstream = TlsUpstream::start(name).await;
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("ca.pem");
            std::fs::write(&file, &upstream.certificate_pem).expect("a file");
            let settings = [("UPSTREAM_CA_FILE", file.to_str().expect("a Unicode path"))];
            let settings = if is_trusted { &settings[..] } else { &[] };

            let url = format!("https://localhost:{}", upstream.address.port());
            let gateway = gateway(door, &url, settings).await;
            let answer = gateway
                .send(&Request::upload("png", &sample("rgb.png")))
                .await;
            if is_stored {
                assert_eq!(answer.status, 200, "{}", answer.text);
                assert_eq!(upstream.requests(), 1);
            } else {
                answer.assert_refused(500, "13", &["no secure connection"]);
                assert_eq!(upstream.requests(), 0, "{name}, trusted: {is_trusted}");
            }
        }
    }
}

/// An upstream with a certificate that is its own authority; it stores whatever it is sent.
struct TlsUpstream {
    address: SocketAddr,
    certificate_pem: String,
    requests: Arc<AtomicUsize>,
}

impl TlsUpstream {
    async fn start(name: &str) -> Self {
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let acceptor = tls_acceptor(&certificate, &key);

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that does not like the certificate breaks off, which is the point.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                if !read_request(&mut stream).await {
                    continue;
                }
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(STORED).await;
                let _ = stream.shutdown().await;
            }
        });
        Self {
            address,
            certificate_pem: certificate.pem(),
            requests,
        }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

const STORED: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 36\r\n\r\n\
    {\"returnCode\":\"0\",\"objectKey\":\"key\"}";

/// Reads up to the end of an upload's JSON; `false` if nothing came.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> bool {
    let mut read = Vec::new();
    while !read.ends_with(b"}") {
        match stream.read_buf(&mut read).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    !read.is_empty()
}
