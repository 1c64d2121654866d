//! Uploads that are repeated, and those that are not.

use std::time::{Duration, Instant};

use ccmessaging_sandbox::{Call, Fault, FaultRule};
use futures_util::future::join_all;
use gateway_tests::{Gateway, Platform, Request, answering, received, stored, upload_line};
use wiremock::ResponseTemplate;

use crate::{PROGRAM, fail, from_browser, managed_gateway, sandbox};

/// Uploads once under a fault plan: the status, how often the upload was called, and how many files
/// were stored.
async fn upload(rule: FaultRule, settings: &[(&str, &str)]) -> (u16, usize, usize) {
    let (sandbox, _clock) = sandbox().await;
    fail(&sandbox, rule);
    let gateway = managed_gateway(Platform::Http, &sandbox, settings).await;
    let request = from_browser(&sandbox.issue_session_token());
    let status = gateway.send(&request).await.status;
    let calls = sandbox.calls(Call::UploadFileStream);
    (status, calls, sandbox.uploads().len())
}

#[tokio::test]
async fn an_upload_is_repeated_after_a_passing_fault_and_stored_at_most_once() {
    let cases = [
        (
            Fault::reset().on(Call::UploadFileStream).nth(1),
            (200, 2, 1),
        ),
        (
            Fault::status(429).on(Call::UploadFileStream).nth(1),
            (200, 2, 1),
        ),
        (
            Fault::status(502).on(Call::UploadFileStream).nth(1),
            (200, 2, 1),
        ),
        (
            Fault::status(503).on(Call::UploadFileStream).nth(1),
            (200, 2, 1),
        ),
        (
            Fault::status(504).on(Call::UploadFileStream).nth(1),
            (200, 2, 1),
        ),
        // Two faults in a row are survived, and three are not.
        (
            Fault::reset().on(Call::UploadFileStream).first(2),
            (200, 3, 1),
        ),
        (Fault::reset().on(Call::UploadFileStream), (500, 3, 0)),
        (
            Fault::status(500).on(Call::UploadFileStream).nth(1),
            (500, 1, 0),
        ),
        // The file is stored by then, which the gateway cannot know: it must not say so.
        (Fault::cut().on(Call::UploadFileStream).nth(1), (500, 1, 1)),
    ];
    let judge = async |(rule, expected): (FaultRule, _)| {
        let name = format!("{rule:?}");
        assert_eq!(upload(rule, &[]).await, expected, "{name}");
    };
    join_all(cases.map(judge)).await;
}

#[tokio::test]
async fn a_pause_that_would_outlast_the_deadline_is_not_begun() {
    let settings = [("UPSTREAM_TIMEOUT_MS", "5000")];
    for seconds in [60, u64::MAX] {
        let fault = Fault::status(503).retry_after(seconds);
        let rule = fault.on(Call::UploadFileStream).nth(1);
        assert_eq!(upload(rule, &settings).await, (503, 1, 0), "{seconds}");
    }
}

#[tokio::test]
async fn a_pause_that_the_upstream_asks_for_is_kept() {
    let before = Instant::now();
    let found = upload(
        Fault::status(503)
            .retry_after(1)
            .on(Call::UploadFileStream)
            .nth(1),
        &[],
    )
    .await;
    assert_eq!(found, (200, 2, 1));
    assert!(before.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_pause_of_more_seconds_than_can_be_counted_is_not_begun() {
    for retry_after in ["18446744073709551616", "99999999999999999999999999"] {
        let busy = ResponseTemplate::new(503)
            .insert_header("retry-after", retry_after)
            .set_body_string(r#"{"returnCode":"13"}"#);
        let upstream = answering(busy).await;
        let settings = [("UPSTREAM_BASE_URL", &*upstream.uri())];
        let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
        let answer = gateway.send(&Request::png()).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert_eq!(answer.header("retry-after"), Some(retry_after));
        assert_eq!(received(&upstream).await.len(), 1);
    }
}

#[tokio::test]
async fn a_return_code_of_0_whose_status_is_no_success_is_refused_and_not_repeated() {
    for status in [404, 413, 429, 500, 502, 503, 504] {
        let answer = ResponseTemplate::new(status)
            .insert_header("retry-after", "0")
            .set_body_string(stored());
        let upstream = answering(answer).await;
        let settings = [
            ("UPSTREAM_BASE_URL", &*upstream.uri()),
            ("METRICS_ADDRESS", "127.0.0.1:0"),
        ];
        let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
        let answer = gateway.send(&Request::png()).await;
        assert_eq!((answer.status, answer.text), (status, stored()));
        assert_eq!(received(&upstream).await.len(), 1, "{status}");
        let metrics = gateway.metrics().await.text;
        assert!(
            metrics.contains(r#"outcome="refused_by_upstream""#),
            "{metrics}"
        );
        assert!(!metrics.contains(r#"outcome="stored""#), "{metrics}");
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["outcome"], "refused_by_upstream", "{line}");
        assert_eq!(line["return_code"], "0", "{line}");
    }
}
