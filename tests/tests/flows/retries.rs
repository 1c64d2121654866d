//! Uploads that are repeated, and those that are not.

use std::time::{Duration, Instant};

use ccmessaging_sandbox::{Call, Fault, FaultRule};
use futures_util::future::join_all;
use gateway_tests::Platform;

use crate::{fail, from_browser, managed_gateway, sandbox};

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
