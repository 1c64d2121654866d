//! The effect of each fault on the caller and the sandbox, and the calls that a rule selects.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault, FaultPlan, Sandbox};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Outgoing, Reply, started};

const UPLOAD: Call = Call::UploadFileStream;
const NINETY_SECONDS: Duration = Duration::from_secs(90);

/// Starts a sandbox and then sets a plan.
async fn with(plan: impl Into<FaultPlan>) -> Sandbox {
    let sandbox = started().await;
    sandbox.set_faults(plan);
    sandbox
}

/// Starts a sandbox with the same fault for every upload.
async fn uploads(fault: Fault) -> Sandbox {
    with(fault.on(UPLOAD)).await
}

async fn upload(sandbox: &Sandbox) -> Reply {
    Outgoing::upload(sandbox).send().await
}

/// Sends an upload and returns the raw response and how the connection ended.
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
async fn delays_apply_to_responses_and_to_other_faults() {
    for (fault, status, stored) in [
        (Fault::delay(NINETY_SECONDS), 200, 1),
        (Fault::status(500).after(NINETY_SECONDS), 500, 0),
    ] {
        let sandbox = uploads(fault).await;
        let before = tokio::time::Instant::now();
        assert_eq!(upload(&sandbox).await.status, status);
        assert!(before.elapsed() >= NINETY_SECONDS);
        assert_eq!(sandbox.uploads().len(), stored);
    }
}

#[tokio::test]
async fn reset_sends_nothing_and_stores_nothing() {
    let sandbox = uploads(Fault::reset()).await;
    let (answer, ended) = raw_upload(&sandbox).await;
    assert_eq!(answer, "");
    assert!(is_reset(&ended), "{ended:?}");
    assert_eq!(sandbox.uploads(), []);
    assert!(Outgoing::upload(&sandbox).try_send().await.is_none());
}

#[tokio::test]
async fn broken_off_responses_promise_the_full_length_and_the_file_is_stored() {
    // The fault, whether the connection is reset, and the number of parts of the body that are sent.
    for (fault, resets, halves) in [
        (Fault::reset_after_headers(), true, 0),
        (Fault::reset_mid_body(), true, 1),
        (Fault::cut(), false, 1),
    ] {
        let sandbox = uploads(fault.clone()).await;
        let (response, ended) = raw_upload(&sandbox).await;
        let (head, body) = response.split_once("\r\n\r\n").expect("a complete head");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{fault}: {head}");
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse().ok())
            .expect("a content-length");
        assert_eq!(body.len(), halves * (length / 2), "{fault}");
        assert_eq!(body.starts_with('{'), halves > 0, "{fault}: {body}");
        assert!(!body.ends_with('}'), "{fault}: {body}");
        assert_eq!(is_reset(&ended), resets, "{fault}: {ended:?}");
        assert_eq!(ended.is_ok(), !resets, "{fault}: {ended:?}");
        assert_eq!(sandbox.uploads().len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn truncate_sends_a_complete_response_with_incomplete_json() {
    let sandbox = uploads(Fault::truncate()).await;
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
async fn status_returns_the_documented_failure_and_stores_nothing() {
    let sandbox = with(Fault::status(503).retry_after(7).on_any_call()).await;
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
async fn status_supports_any_text_as_body() {
    let sandbox = with([
        Fault::status(400)
            .body(r#"{"returnCode":"3"}"#)
            .on(UPLOAD)
            .nth(1),
        Fault::status(502).body("Bad; very").on(UPLOAD).nth(2),
    ])
    .await;
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
async fn status_supports_redirects() {
    let sandbox = uploads(Fault::status(302).location("http://other.example/x")).await;
    let reply = upload(&sandbox).await;
    assert_eq!(reply.status, 302);
    assert_eq!(reply.header("location"), Some("http://other.example/x"));
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn garbage_and_html_have_status_200() {
    let reply = upload(&uploads(Fault::garbage()).await).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(std::str::from_utf8(&reply.body).is_err());

    let reply = upload(&uploads(Fault::html()).await).await;
    assert_eq!(reply.status, 200);
    let html = Some("text/html; charset=utf-8");
    assert_eq!(reply.header("content-type"), html);
    assert!(reply.body.starts_with(b"<!doctype html>"));
}

#[tokio::test]
async fn huge_is_json_of_the_exact_size_without_content_length() {
    for bytes in [100, 64 << 10, 3 << 20] {
        let sandbox = uploads(Fault::huge(bytes as u64)).await;
        let reply = upload(&sandbox).await;
        assert_eq!(reply.body.len(), bytes, "{bytes}");
        assert_eq!(reply.header("content-length"), None, "{bytes}");
        assert!(reply.json().is_object(), "{bytes}");
    }
}

#[tokio::test(start_paused = true)]
async fn drip_sends_the_usual_response_in_chunks() {
    let sandbox = uploads(Fault::drip(Duration::from_secs(10), 16)).await;
    let before = tokio::time::Instant::now();
    let reply = upload(&sandbox).await;
    assert_eq!(reply.field("returnCode"), "0");
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("content-length"), Some(length.as_str()));
    let chunks = u32::try_from(reply.body.len().div_ceil(16)).unwrap();
    assert!(chunks > 2);
    assert!(before.elapsed() >= chunks * Duration::from_secs(10));
}

#[tokio::test]
async fn rules_only_affect_selected_calls() {
    let sandbox = with([
        Fault::status(500).on(UPLOAD).nth(2),
        Fault::status(501).on(UPLOAD).nth(4),
        Fault::status(501).on(UPLOAD).nth(5),
    ])
    .await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(upload(&sandbox).await.status.as_u16());
        assert_eq!(Outgoing::token(&sandbox).send().await.status, 200);
    }
    assert_eq!(statuses, [200, 500, 200, 501, 501, 200]);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 6);
}

#[tokio::test]
async fn first_matching_rule_decides_and_later_rules_still_count() {
    let sandbox = with([
        Fault::status(500).on(UPLOAD).nth(1),
        Fault::status(501).on(UPLOAD).first(2),
    ])
    .await;
    let first = upload(&sandbox).await.status;
    let second = upload(&sandbox).await.status;
    let third = upload(&sandbox).await.status;
    assert_eq!(
        [first.as_u16(), second.as_u16(), third.as_u16()],
        [500, 501, 200]
    );
}

#[tokio::test]
async fn plans_count_from_when_they_are_set_until_they_are_cleared() {
    let sandbox = started().await;
    assert_eq!(upload(&sandbox).await.status, 200);
    let plan = FaultPlan::from(Fault::status(502).on_any_call().first(2));
    sandbox.set_faults(plan.clone());
    assert_eq!(sandbox.faults(), plan);
    assert_eq!(upload(&sandbox).await.status, 502);
    sandbox.set_faults([]);
    assert_eq!(sandbox.faults(), FaultPlan::default());
    assert_eq!(upload(&sandbox).await.status, 200);
}

/// Returns which of 200 uploads fail with this probability.
async fn failures(seed: u64, probability: f64) -> Vec<bool> {
    let plan = Fault::status(500).on(UPLOAD).chance(probability);
    let builder = crate::client::sandbox().faults(plan).fault_seed(seed);
    let sandbox = builder.start().await.unwrap();
    let mut failures = Vec::new();
    for _ in 0..200 {
        failures.push(upload(&sandbox).await.status == 500);
    }
    failures
}

#[tokio::test]
async fn chance_is_reproducible_and_depends_on_the_seed() {
    let once = failures(7, 0.2).await;
    assert_eq!(failures(7, 0.2).await, once);
    assert_ne!(failures(8, 0.2).await, once);
    let failed = once.iter().filter(|failed| **failed).count();
    // 40 are expected; these bounds are four standard deviations away.
    assert!((18..=62).contains(&failed), "{failed} of 200");
}

#[tokio::test]
async fn chance_0_never_fails_and_chance_1_always_does() {
    assert!(!failures(0, 0.0).await.contains(&true));
    assert!(!failures(0, 1.0).await.contains(&false));
}

#[tokio::test]
async fn sandboxes_can_start_with_a_plan() {
    let builder = crate::client::sandbox().faults(Fault::status(418).on(UPLOAD));
    assert_eq!(upload(&builder.start().await.unwrap()).await.status, 418);
}
