//! Paths, methods, body limits, starting and stopping, and the log.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ccmessaging_sandbox::{Call, Exchange, Fault, Sandbox, StatusCode};
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{APP_KEY, APP_SECRET, Outgoing, sandbox, started};

#[tokio::test]
async fn unknown_paths_return_404() {
    let sandbox = started().await;
    for path in [
        "/",
        "/uploadFileStream",
        "/apiaccess/ccmessaging/uploadFileStream/",
        "/apiaccess/ccmessaging/uploadfilestream",
        "/apiaccess/ccmessaging/uploadFileStream/../uploadFileStream",
    ] {
        let url = format!("{}{path}", sandbox.base_url());
        let reply = Outgoing::upload(&sandbox).url(url).send().await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.json(), json!({"returnCode": "3"}), "{path}");
    }
    assert_eq!(sandbox.requests(), 5);
    assert!(Call::ALL.iter().all(|call| sandbox.calls(*call) == 0));
}

#[tokio::test]
async fn other_methods_return_405_with_allow() {
    let sandbox = started().await;
    for &call in Call::ALL {
        let other = if call.method() == Method::GET {
            Method::POST
        } else {
            Method::GET
        };
        for method in [other, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let request = Outgoing::upload(&sandbox)
                .url(sandbox.url(call))
                .method(method.clone());
            let reply = request.send().await;
            assert_eq!(reply.status, 405, "{method} {call}");
            assert_eq!(
                reply.header("allow"),
                Some(call.method().as_str()),
                "{method} {call}"
            );
            assert_eq!(reply.json(), json!({"returnCode": "3"}));
        }
        assert_eq!(sandbox.calls(call), 0);
    }
}

/// Writes a complete request before reading, and returns the status line of the response.
async fn status_line(sandbox: &Sandbox, length: &str, body: &[u8]) -> String {
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n{length}\r\n\r\n",
        Call::TokenByAkSk.path()
    );
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn oversized_bodies_are_drained_so_that_the_caller_reads_the_413() {
    const MAX_BODY_BYTES: usize = 16 << 20;
    let sandbox = started().await;
    let body = vec![b' '; MAX_BODY_BYTES + 1];
    let length = |bytes: usize| format!("Content-Length: {bytes}");
    let (limit, more) = (length(MAX_BODY_BYTES), length(body.len()));
    let at_the_limit = status_line(&sandbox, &limit, &body[1..]);
    assert_eq!(at_the_limit.await, "HTTP/1.1 400 Bad Request");
    let over = status_line(&sandbox, &more, &body);
    assert_eq!(over.await, "HTTP/1.1 413 Payload Too Large");

    let chunked = [
        format!("{:x}\r\n", body.len()).as_bytes(),
        &body,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let over = status_line(&sandbox, "Transfer-Encoding: chunked", &chunked);
    assert_eq!(over.await, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test]
async fn sandboxes_are_independent() {
    let (one, other) = (started().await, started().await);
    assert_ne!(one.base_url(), other.base_url());
    assert_eq!(Outgoing::upload(&one).send().await.status, 200);
    let astray = Outgoing::upload(&one).url(other.url(Call::UploadFileStream));
    assert_eq!(astray.send().await.status, 403);
    assert_eq!((one.uploads().len(), other.uploads().len()), (1, 0));
}

#[tokio::test]
async fn defaults_are_a_free_loopback_port_and_a_known_key() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    assert!(sandbox.address().ip().is_loopback());
    assert_ne!(sandbox.address().port(), 0);
    assert_eq!(sandbox.base_url(), format!("http://{}", sandbox.address()));
    assert_eq!(sandbox.app_key(), "sandbox-app-key");
    assert_eq!(sandbox.app_secret(), "sandbox-app-secret");
}

#[tokio::test]
async fn starting_on_an_address_in_use_fails() {
    let first = started().await;
    let second = sandbox().listen(first.address()).start().await;
    let error = second.expect_err("the address is in use");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_sandbox_aborts_calls_and_closes_connections_and_the_listener() {
    let sandbox = started().await;
    let address = sandbox.address();
    sandbox.set_faults(Fault::delay(Duration::from_secs(2)).on(Call::UploadFileStream));
    let upload = tokio::spawn(Outgoing::upload(&sandbox).try_send());
    let idle = TcpStream::connect(address).await.unwrap();
    while sandbox.calls(Call::UploadFileStream) == 0 {
        tokio::task::yield_now().await;
    }
    drop(sandbox);
    assert!(upload.await.unwrap().is_none());
    // Readable and empty: the end of the connection.
    idle.readable().await.unwrap();
    assert!(matches!(idle.try_read(&mut [0; 1]), Ok(0) | Err(_)));
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

type Seen = Arc<Mutex<Vec<Exchange>>>;

async fn observed() -> (Sandbox, Seen) {
    let seen = Seen::default();
    let sink = Arc::clone(&seen);
    let sandbox = sandbox()
        .observe(move |exchange| sink.lock().unwrap().push(exchange.clone()))
        .start()
        .await
        .unwrap();
    (sandbox, seen)
}

#[tokio::test]
async fn observer_receives_status_code_and_size_of_each_exchange() {
    let (sandbox, seen) = observed().await;
    Outgoing::upload(&sandbox).send().await;
    Outgoing::upload(&sandbox)
        .url(format!("{}/elsewhere", sandbox.base_url()))
        .raw_body("12345")
        .send()
        .await;

    let seen = seen.lock().unwrap();
    let [upload, elsewhere] = seen.as_slice() else {
        panic!("two exchanges, found {seen:?}");
    };
    assert_eq!(upload.call, Some(Call::UploadFileStream));
    assert_eq!(upload.status, Some(StatusCode::OK));
    assert_eq!(upload.code, Some("0"));
    assert_eq!(upload.fault, None);
    assert!(upload.request_bytes > 30, "{upload:?}");
    assert_eq!(elsewhere.call, None);
    assert_eq!(elsewhere.status, Some(StatusCode::NOT_FOUND));
    assert_eq!(elsewhere.request_bytes, 5);
}

#[tokio::test]
async fn observer_receives_faults_and_no_status_for_resets() {
    let (sandbox, seen) = observed().await;
    sandbox.set_faults([
        Fault::reset().on(Call::UploadFileStream).nth(1),
        Fault::status(503)
            .retry_after(1)
            .on(Call::UploadFileStream)
            .nth(2),
    ]);
    assert!(Outgoing::upload(&sandbox).try_send().await.is_none());
    assert_eq!(Outgoing::upload(&sandbox).send().await.status, 503);

    let seen = seen.lock().unwrap();
    let [reset, status] = seen.as_slice() else {
        panic!("two exchanges, found {seen:?}");
    };
    assert_eq!((reset.status, reset.code), (None, None));
    assert_eq!(reset.fault.as_deref(), Some("reset"));
    assert_eq!(status.status, Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(
        status.fault.as_deref(),
        Some(r#"{"status":{"code":503,"retryAfter":1}}"#)
    );
    assert!(reset.to_string().starts_with("uploadFileStream   reset"));
}

#[tokio::test]
async fn debug_output_contains_no_secrets_tokens_or_files() {
    let (sandbox, seen) = observed().await;
    let session = sandbox.issue_session_token();
    let access = sandbox.issue_access_token();
    Outgoing::token(&sandbox).send().await;
    Outgoing::apply_token(&sandbox).send().await;
    let upload = Outgoing::upload(&sandbox)
        .header("ccmessaging-token", &session)
        .header("authorization", &format!("Bearer {access}"));
    let key = upload.send().await.field("objectKey");
    Outgoing::download(&sandbox, &key).send().await;

    let builder = crate::client::sandbox();
    let printed = format!("{:?} {:?} {builder:?}", seen.lock().unwrap(), sandbox);
    assert_eq!(seen.lock().unwrap().len(), 4);
    assert!(printed.contains(APP_KEY));
    for secret in [APP_SECRET, &session, &access, "aGVsbG8=", "hello"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
