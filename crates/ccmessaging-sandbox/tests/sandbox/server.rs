//! Paths, methods, body limits, starting and stopping, and the log.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ccmessaging_sandbox::{Call, Exchange, Fault, Sandbox, StartError, StatusCode};
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::client::{APP_KEY, APP_SECRET, Broken, Outgoing, Reply, sandbox, started};

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
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let request = Outgoing::upload(&sandbox)
                .url(sandbox.url(call))
                .method(method.clone());
            let reply = request.send().await;
            assert_eq!(reply.status, 405, "{method} {call}");
            assert_eq!(reply.header("allow"), Some("POST"), "{method} {call}");
            assert_eq!(reply.json(), json!({"returnCode": "3"}));
        }
        assert_eq!(sandbox.calls(call), 0);
    }
}

#[tokio::test]
async fn body_limit_is_inclusive() {
    let body = json!({"fileType": "txt", "fileStream": "aGVsbG8=", "channel": "WEB"}).to_string();
    for (limit, status) in [
        (body.len() + 1, 200),
        (body.len(), 200),
        (body.len() - 1, 413),
    ] {
        let sandbox = sandbox().max_body_bytes(limit).start().await.unwrap();
        let reply = Outgoing::upload(&sandbox).send().await;
        assert_eq!(reply.status, status, "{limit}");
        assert_eq!(sandbox.uploads().len(), usize::from(status == 200));
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
async fn body_limit_applies_to_chunked_bodies() {
    let sandbox = sandbox().max_body_bytes(8).start().await.unwrap();
    let chunked = "Transfer-Encoding: chunked";
    let at_the_limit = status_line(&sandbox, chunked, b"4\r\n    \r\n4\r\n    \r\n0\r\n\r\n");
    assert_eq!(at_the_limit.await, "HTTP/1.1 400 Bad Request");
    let over = status_line(&sandbox, chunked, b"4\r\n    \r\n5\r\n     \r\n0\r\n\r\n");
    assert_eq!(over.await, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test]
async fn oversized_bodies_are_drained_so_that_the_caller_reads_the_413() {
    let sandbox = sandbox().max_body_bytes(4 << 20).start().await.unwrap();
    let body = vec![b' '; 30 << 20];
    let length = format!("Content-Length: {}", body.len());
    let line = status_line(&sandbox, &length, &body).await;
    assert_eq!(line, "HTTP/1.1 413 Payload Too Large");
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
    let Err(error @ StartError::Listen(..)) = second else {
        panic!("expected a listen error, found {second:?}");
    };
    assert!(error.to_string().contains(&first.address().to_string()));
}

#[tokio::test]
async fn starting_with_an_invalid_setting_fails_and_names_it() {
    let seconds = Duration::from_secs;
    let wrong = [
        (
            sandbox().access_token_lifetime(seconds(0)),
            "access_token_lifetime",
        ),
        (
            sandbox().access_token_lifetime(seconds(3601)),
            "access_token_lifetime",
        ),
        (
            sandbox().access_token_lifetime(Duration::from_millis(1500)),
            "access_token_lifetime",
        ),
        (
            sandbox().session_token_lifetime(seconds(0)),
            "session_token_lifetime",
        ),
        (
            sandbox().session_token_lifetime(Duration::MAX),
            "session_token_lifetime",
        ),
        (sandbox().app_key(""), "app_key"),
        (sandbox().app_key("line\nbreak"), "app_key"),
        (sandbox().app_secret(""), "app_secret"),
    ];
    for (builder, setting) in wrong {
        let error = builder.start().await.expect_err(setting).to_string();
        assert!(error.starts_with(setting), "{error}");
    }
}

/// Starts an upload whose response is delayed, and waits until the sandbox has received it.
async fn upload_in_progress(seconds: u64) -> (Sandbox, JoinHandle<Result<Reply, Broken>>) {
    let sandbox = started().await;
    let fault = Fault::delay(Duration::from_secs(seconds));
    sandbox.set_faults(fault.on(Call::UploadFileStream));
    let upload = tokio::spawn(Outgoing::upload(&sandbox).try_send());
    while sandbox.calls(Call::UploadFileStream) == 0 {
        tokio::task::yield_now().await;
    }
    (sandbox, upload)
}

#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_calls_in_progress() {
    let (sandbox, upload) = upload_in_progress(2).await;
    sandbox.shutdown().await;
    let reply = upload.await.unwrap().expect("a complete response");
    assert_eq!(reply.field("returnCode"), "0");
}

#[tokio::test(start_paused = true)]
async fn shutdown_has_a_timeout() {
    let (sandbox, upload) = upload_in_progress(3600).await;
    let before = tokio::time::Instant::now();
    sandbox.shutdown().await;
    assert!(before.elapsed() < Duration::from_secs(60));
    assert!(upload.await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_sandbox_aborts_calls_in_progress() {
    let (sandbox, upload) = upload_in_progress(2).await;
    drop(sandbox);
    assert!(upload.await.unwrap().is_err());
}

#[tokio::test]
async fn stopping_closes_idle_connections_and_the_listener() {
    for shut_down in [true, false] {
        let sandbox = started().await;
        let address = sandbox.address();
        let idle = TcpStream::connect(address).await.unwrap();
        Outgoing::upload(&sandbox).send().await;
        if shut_down {
            sandbox.shutdown().await;
            assert!(TcpStream::connect(address).await.is_err());
        } else {
            drop(sandbox);
        }
        // Readable and empty: the end of the connection.
        idle.readable().await.unwrap();
        assert!(matches!(idle.try_read(&mut [0; 1]), Ok(0) | Err(_)));
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
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
    assert!(Outgoing::upload(&sandbox).try_send().await.is_err());
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
