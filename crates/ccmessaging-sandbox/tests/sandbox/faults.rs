//! Each fault as a caller sees it, and what it leaves behind.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Sandbox, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Broken, Outgoing, Reply, started};

async fn misbehaving(plan: &str) -> Sandbox {
    let sandbox = started().await;
    sandbox.faults().set(plan.parse().unwrap());
    sandbox
}

async fn upload(sandbox: &Sandbox) -> Reply {
    Outgoing::upload(sandbox).send().await
}

/// The raw bytes of the answer to an upload, and how the connection ended.
async fn raw_upload(sandbox: &Sandbox) -> (String, std::io::Result<()>) {
    let body = r#"{"fileType":"txt","fileStream":"aGVsbG8=","channel":"WEB"}"#;
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nx-app-key: {}\r\n\
         Authorization: Bearer {}\r\nccmessaging-token: {}\r\nContent-Length: {}\r\n\r\n{body}",
        Call::UploadFileStream.path(),
        sandbox.app_key(),
        sandbox.issue_access_token(),
        sandbox.issue_session_token(),
        body.len(),
    );
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer).await.map(drop);
    (String::from_utf8(answer).unwrap(), ended)
}

fn is_reset(ended: &std::io::Result<()>) -> bool {
    ended
        .as_ref()
        .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
}

#[tokio::test(start_paused = true)]
async fn delay_keeps_the_answer_back_for_that_long() {
    let sandbox = misbehaving("upload=delay:90s").await;
    let before = tokio::time::Instant::now();
    assert_eq!(upload(&sandbox).await.field("returnCode"), "0");
    assert!(before.elapsed() >= Duration::from_secs(90));
    assert_eq!(sandbox.uploads().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn delay_combines_with_other_faults() {
    let sandbox = misbehaving("upload=status:500,delay:90s").await;
    let before = tokio::time::Instant::now();
    assert_eq!(upload(&sandbox).await.status, 500);
    assert!(before.elapsed() >= Duration::from_secs(90));
}

#[tokio::test]
async fn reset_before_the_answer_sends_nothing_and_stores_nothing() {
    let sandbox = misbehaving("upload=reset").await;
    let (answer, ended) = raw_upload(&sandbox).await;
    assert_eq!(answer, "");
    assert!(is_reset(&ended), "{ended:?}");
    assert_eq!(sandbox.uploads(), []);
    assert!(matches!(
        Outgoing::upload(&sandbox).try_send().await,
        Err(Broken::BeforeHeaders)
    ));
}

#[tokio::test]
async fn reset_after_the_headers_sends_no_body_but_stores_the_file() {
    let sandbox = misbehaving("upload=reset:headers").await;
    let (answer, ended) = raw_upload(&sandbox).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(body, "");
    assert!(is_reset(&ended), "{ended:?}");
    assert_eq!(sandbox.uploads().len(), 1);
}

#[tokio::test]
async fn reset_in_the_body_sends_half_of_it_and_stores_the_file() {
    let sandbox = misbehaving("upload=reset:body").await;
    let (answer, ended) = raw_upload(&sandbox).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole head");
    assert!(is_reset(&ended), "{ended:?}");
    assert_half(head, body);
    assert_eq!(sandbox.uploads().len(), 1);
}

#[tokio::test]
async fn cut_sends_half_of_the_body_and_closes_without_a_reset() {
    let sandbox = misbehaving("upload=cut").await;
    let (answer, ended) = raw_upload(&sandbox).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole head");
    assert!(ended.is_ok(), "{ended:?}");
    assert_half(head, body);
    assert_eq!(sandbox.uploads().len(), 1);

    let broken = Outgoing::upload(&sandbox).try_send().await;
    assert!(
        matches!(broken, Err(Broken::InBody(StatusCode::OK))),
        "{broken:?}"
    );
}

/// `body` is half of the JSON whose length `head` promises.
fn assert_half(head: &str, body: &str) {
    let promised: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .expect("a content-length");
    assert_eq!(body.len(), promised / 2);
    assert!(body.starts_with('{') && !body.ends_with('}'), "{body}");
}

#[tokio::test]
async fn truncate_sends_a_complete_answer_of_incomplete_json() {
    let sandbox = misbehaving("upload=truncate").await;
    let reply = upload(&sandbox).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("content-length"), Some(length.as_str()));
    let error = serde_json::from_slice::<serde_json::Value>(&reply.body).unwrap_err();
    assert!(error.is_eof(), "{error}");
    assert_eq!(sandbox.uploads().len(), 1);
}

#[tokio::test]
async fn status_answers_with_the_documented_failure_and_stores_nothing() {
    let sandbox = misbehaving("*=status:503,retry-after:7").await;
    let reply = upload(&sandbox).await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("retry-after"), Some("7"));
    assert_eq!(reply.json(), json!({"returnCode": "13"}));
    assert_eq!(sandbox.uploads(), []);

    let apply = Outgoing::apply_token(&sandbox).send().await;
    assert_eq!(apply.field("resultCode"), "13");
    let token = Outgoing::token(&sandbox).send().await;
    assert_eq!(token.field("errorCode"), "0");
    let download = Outgoing::download(&sandbox, "x").send().await;
    assert_eq!(download.field("resultCode"), "13");
}

#[tokio::test]
async fn status_takes_a_body_of_any_text() {
    let plan =
        r#"upload:1=status:400,body:"{\"returnCode\":\"3\"}";upload:2=status:502,body:"Bad; very""#;
    let sandbox = misbehaving(plan).await;
    let json = upload(&sandbox).await;
    assert_eq!(
        (json.status.as_u16(), json.field("returnCode")),
        (400, "3".into())
    );
    assert_eq!(json.header("content-type"), Some("application/json"));
    let text = upload(&sandbox).await;
    assert_eq!(
        (text.status.as_u16(), text.body.as_ref()),
        (502, &b"Bad; very"[..])
    );
    assert_eq!(
        text.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(upload(&sandbox).await.status, 200);
}

#[tokio::test]
async fn redirect_points_elsewhere() {
    let plan = r#"upload:1=redirect;upload:2=redirect:302,location:"http://other.example/x""#;
    let sandbox = misbehaving(plan).await;
    let first = upload(&sandbox).await;
    assert_eq!(first.status, 307);
    assert_eq!(first.header("location"), Some("/redirected"));
    let second = upload(&sandbox).await;
    assert_eq!(second.status, 302);
    assert_eq!(second.header("location"), Some("http://other.example/x"));
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn garbage_is_labelled_json_but_is_not_even_text() {
    let sandbox = misbehaving("upload=garbage").await;
    let reply = upload(&sandbox).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(std::str::from_utf8(&reply.body).is_err());
}

#[tokio::test]
async fn html_is_a_page_with_status_200() {
    let sandbox = misbehaving("upload=html").await;
    let reply = upload(&sandbox).await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(reply.body.starts_with(b"<!doctype html>"));
}

#[tokio::test]
async fn huge_is_json_of_exactly_that_size_without_a_content_length() {
    for (size, bytes) in [("100", 100), ("64KiB", 64 << 10), ("3MiB", 3 << 20)] {
        let sandbox = misbehaving(&format!("upload=huge:{size}")).await;
        let reply = upload(&sandbox).await;
        assert_eq!(reply.body.len(), bytes, "{size}");
        assert_eq!(reply.header("content-length"), None, "{size}");
        assert!(reply.json().is_object(), "{size}");
    }
}

#[tokio::test(start_paused = true)]
async fn drip_sends_the_usual_answer_piece_by_piece() {
    let sandbox = misbehaving("upload=drip:10s,chunk:16").await;
    let before = tokio::time::Instant::now();
    let reply = upload(&sandbox).await;
    assert_eq!(reply.field("returnCode"), "0");
    let pieces = u32::try_from(reply.body.len().div_ceil(16)).unwrap();
    assert!(pieces > 2);
    assert!(before.elapsed() >= pieces * Duration::from_secs(10));
}
