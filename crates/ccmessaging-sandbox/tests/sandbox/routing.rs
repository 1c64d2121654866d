use ccmessaging_sandbox::{Call, Sandbox};
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Outgoing, sandbox, started};

#[tokio::test]
async fn an_unknown_path_is_answered_with_404() {
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
async fn another_method_is_answered_with_405_and_the_allowed_one() {
    let sandbox = started().await;
    for call in Call::ALL {
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
async fn a_body_over_the_limit_is_answered_with_413_and_one_at_the_limit_is_read() {
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

/// The status line of the answer to a body that is written completely before anything is read.
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
async fn a_body_without_a_declared_length_is_counted_as_it_comes() {
    let sandbox = sandbox().max_body_bytes(8).start().await.unwrap();
    let chunked = "Transfer-Encoding: chunked";
    let at_the_limit = status_line(&sandbox, chunked, b"4\r\n    \r\n4\r\n    \r\n0\r\n\r\n");
    assert_eq!(at_the_limit.await, "HTTP/1.1 400 Bad Request");
    let over = status_line(&sandbox, chunked, b"4\r\n    \r\n5\r\n     \r\n0\r\n\r\n");
    assert_eq!(over.await, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test]
async fn a_caller_that_sends_several_times_too_much_before_it_reads_still_gets_the_413() {
    let sandbox = sandbox().max_body_bytes(4 << 20).start().await.unwrap();
    let body = vec![b' '; 30 << 20];
    let length = format!("Content-Length: {}", body.len());
    let line = status_line(&sandbox, &length, &body).await;
    assert_eq!(line, "HTTP/1.1 413 Payload Too Large");
}
