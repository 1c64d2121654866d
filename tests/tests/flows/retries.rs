//! Uploads that are repeated, and those that are not.

use ccmessaging_sandbox::{Call, Fault, FaultRule};
use gateway_tests::Door;

use crate::{from_browser, managed_gateway, sandbox};

/// Uploads once under a fault plan; the status, and how often the upload was called.
async fn upload(rule: FaultRule, settings: &[(&str, &str)]) -> (u16, usize, usize) {
    let (sandbox, _clock) = sandbox().await;
    sandbox.set_faults(rule);
    let gateway = managed_gateway(Door::Http, &sandbox, settings).await;
    let answer = gateway
        .send(&from_browser(&sandbox.issue_session_token()))
        .await;
    let calls = sandbox.calls(Call::UploadFileStream);
    (answer.status, calls, sandbox.uploads().len())
}

/// The first upload fails.
fn once(fault: Fault) -> FaultRule {
    fault.on(Call::UploadFileStream).nth(1)
}

#[tokio::test]
async fn an_upload_that_met_a_passing_fault_is_repeated_and_stored_once() {
    for fault in [
        Fault::reset(),
        Fault::status(429),
        Fault::status(502),
        Fault::status(503),
        Fault::status(504),
    ] {
        let name = fault.to_string();
        assert_eq!(upload(once(fault), &[]).await, (200, 2, 1), "{name}");
    }
}

#[tokio::test]
async fn two_faults_in_a_row_are_survived_and_three_are_not() {
    let reset = Fault::reset().on(Call::UploadFileStream);
    assert_eq!(upload(reset.clone().first(2), &[]).await, (200, 3, 1));
    assert_eq!(upload(reset, &[]).await, (500, 3, 0));
}

#[tokio::test]
async fn other_statuses_and_answers_that_break_off_are_not_repeated() {
    assert_eq!(upload(once(Fault::status(500)), &[]).await.1, 1);
    // The file is stored by then, which the gateway cannot know: it must not say so.
    assert_eq!(upload(once(Fault::cut()), &[]).await, (500, 1, 1));
}

#[tokio::test]
async fn a_pause_that_would_outlast_the_deadline_is_not_begun() {
    let settings = [("UPSTREAM_TIMEOUT_MS", "5000")];
    for seconds in [60, u64::MAX] {
        let fault = Fault::status(503).retry_after(seconds);
        let found = upload(once(fault), &settings).await;
        assert_eq!(found, (503, 1, 0), "{seconds}");
    }
}

#[tokio::test]
async fn a_pause_that_the_upstream_asks_for_is_kept() {
    let before = std::time::Instant::now();
    assert_eq!(
        upload(once(Fault::status(503).retry_after(1)), &[]).await,
        (200, 2, 1)
    );
    assert!(before.elapsed() >= std::time::Duration::from_secs(1));
}
