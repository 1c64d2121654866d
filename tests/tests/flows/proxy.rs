//! An HTTP proxy between the client library and the contact centre.

use std::sync::{Arc, Mutex, PoisonError};

use ccmessaging_client::{App, Client, ClientConfig, Session, SessionRequest};
use ccmessaging_core::{Policy, UploadRequest};
use ccmessaging_sandbox::Sandbox;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// The targets of the tunnels that a proxy was asked for.
type Targets = Arc<Mutex<Vec<String>>>;

/// Opens the tunnel of one connection (RFC 9110 section 9.3.6).
async fn tunnel(client: TcpStream, targets: Targets) -> std::io::Result<()> {
    let mut client = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        client.read_line(&mut head).await?;
    }
    let target = head.split(' ').nth(1).expect("a target").to_owned();
    assert!(head.starts_with("CONNECT "), "{head}");
    let mut server = TcpStream::connect(&target).await?;
    targets
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(target);
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

#[tokio::test]
async fn all_calls_of_a_session_go_through_the_proxy() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let proxy = listener.local_addr().expect("an address");
    let targets = Targets::default();
    let asked = Arc::clone(&targets);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(tunnel(client, Arc::clone(&asked)));
        }
    });

    let mut config = ClientConfig::new(sandbox.base_url().parse().expect("a URL"));
    config.proxy = Some(format!("http://{proxy}").parse().expect("a URL"));
    let client = Client::new(&config).expect("public certificates");
    let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("a key");
    let customer = SessionRequest::new("web", "42");
    let session = Session::builder(&client, app).customer(customer);
    let session = session.open().await.expect("a session");
    let upload = UploadRequest::from_file("hello", "txt").validate(&Policy::default());
    let payload = upload.expect("a text").into_payload();
    session.upload(&payload).await.expect("stored");
    assert_eq!(sandbox.uploads().len(), 1);
    let targets = targets.lock().unwrap_or_else(PoisonError::into_inner);
    let upstream = sandbox.base_url().replace("http://", "");
    assert!(!targets.is_empty());
    assert!(
        targets.iter().all(|target| *target == upstream),
        "{targets:?}"
    );
}
