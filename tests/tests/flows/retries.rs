//! Uploads that are repeated, and those that are not.

use std::time::{Duration, Instant};

use ccmessaging_sandbox::{Call, Fault, FaultRule};
use futures_util::future::join_all;
use gateway_tests::{Gateway, Platform, Request, answering, received, stored, upload_line};
use wiremock::ResponseTemplate;

use crate::{PROGRAM, fail, from_browser, managed_gateway, sandbox};

/// Uploads once under a fault plan: the status, how often the upload was called, and how many files
/// were stored.
async fn upload(rule: FaultRule) -> (u16, usize, usize) {
    let (sandbox, _clock) = sandbox().await;
    fail(&sandbox, rule);
    let gateway = managed_gateway(Platform::Http, &sandbox, &[]).await;
    let request = from_browser(&sandbox.issue_session_token());
    let status = gateway.send(&request).await.status;
    let calls = sandbox.calls(Call::UploadFileStream);
    (status, calls, sandbox.uploads().len())
}

/// The table of faults contains further responses and the number of attempts for each.
#[tokio::test]
async fn uploads_are_retried_after_a_temporary_fault_and_stored_at_most_once() {
    let upload_fault = |fault: Fault| fault.on(Call::UploadFileStream);
    let statuses = [429, 502, 503, 504].map(|status| (Fault::status(status), (200, 2, 1)));
    let others = [
        (Fault::reset(), (200, 2, 1)),
        (Fault::status(500), (500, 1, 0)),
        // The file is stored, but the gateway cannot know that and must not report it.
        (Fault::cut(), (500, 1, 1)),
    ];
    let once = statuses.into_iter().chain(others);
    let once = once.map(|(fault, expected)| (upload_fault(fault).nth(1), expected));
    let three_times = (upload_fault(Fault::reset()), (500, 3, 0));
    let judge = async |(rule, expected): (FaultRule, _)| {
        let name = format!("{rule:?}");
        assert_eq!(upload(rule).await, expected, "{name}");
    };
    join_all(once.chain([three_times]).map(judge)).await;
}

#[tokio::test]
async fn retry_after_of_the_upstream_is_respected() {
    let before = Instant::now();
    let busy = Fault::status(503).retry_after(1);
    let found = upload(busy.on(Call::UploadFileStream).nth(1)).await;
    assert_eq!(found, (200, 2, 1));
    assert!(before.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn pauses_beyond_the_deadline_are_not_started() {
    // An hour is the longest that is forwarded.
    for (retry_after, forwarded) in [
        ("60", "60"),
        ("18446744073709551615", "3600"),
        ("18446744073709551616", "3600"),
        ("99999999999999999999999999", "3600"),
    ] {
        let busy = ResponseTemplate::new(503)
            .insert_header("retry-after", retry_after)
            .set_body_string(r#"{"returnCode":"13"}"#);
        let upstream = answering(busy).await;
        let settings = [("UPSTREAM_BASE_URL", &*upstream.uri())];
        let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
        let answer = gateway.send(&Request::png()).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert_eq!(answer.header("retry-after"), Some(forwarded));
        assert_eq!(received(&upstream).await.len(), 1);
    }
}

#[tokio::test]
async fn return_code_0_with_an_error_status_is_forwarded_and_not_retried() {
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
            metrics.contains(r#"{outcome="stored",format="json",file_type="png"} 0"#),
            "{metrics}"
        );
        let line = upload_line(&gateway.stop().await);
        let outcome = if status == 413 {
            "refused_by_upstream"
        } else {
            "failed_by_upstream"
        };
        assert_eq!(line["outcome"], outcome, "{line}");
        assert_eq!(line["return_code"], "0", "{line}");
    }
}
