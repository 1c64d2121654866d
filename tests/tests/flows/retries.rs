//! Uploads that are repeated, and those that are not.

use std::time::{Duration, Instant};

use ccmessaging_sandbox::Call;
use futures_util::future::join_all;
use gateway_tests::Platform;

use crate::{fail, from_browser, managed_gateway, sandbox};

/// Uploads once under a fault plan: the status, how often the upload was called, and how many files
/// were stored.
async fn upload(plan: &str, settings: &[(&str, &str)]) -> (u16, usize, usize) {
    let (sandbox, _clock) = sandbox().await;
    fail(&sandbox, plan);
    let gateway = managed_gateway(Platform::Http, &sandbox, settings).await;
    let request = from_browser(&sandbox.issue_session_token());
    let status = gateway.send(&request).await.status;
    let calls = sandbox.calls(Call::UploadFileStream);
    (status, calls, sandbox.uploads().len())
}

#[tokio::test]
async fn an_upload_is_repeated_after_a_passing_fault_and_stored_at_most_once() {
    let cases = [
        ("upload:1=reset", (200, 2, 1)),
        ("upload:1=status:429", (200, 2, 1)),
        ("upload:1=status:502", (200, 2, 1)),
        ("upload:1=status:503", (200, 2, 1)),
        ("upload:1=status:504", (200, 2, 1)),
        // Two faults in a row are survived, and three are not.
        ("upload:1-2=reset", (200, 3, 1)),
        ("upload:*=reset", (500, 3, 0)),
        ("upload:1=status:500", (500, 1, 0)),
        // The file is stored by then, which the gateway cannot know: it must not say so.
        ("upload:1=cut", (500, 1, 1)),
    ];
    let judge = async |(plan, expected)| assert_eq!(upload(plan, &[]).await, expected, "{plan}");
    join_all(cases.map(judge)).await;
}

#[tokio::test]
async fn a_pause_that_would_outlast_the_deadline_is_not_begun() {
    let settings = [("UPSTREAM_TIMEOUT_MS", "5000")];
    for seconds in [60, u64::MAX] {
        let plan = format!("upload:1=status:503,retry-after:{seconds}");
        assert_eq!(upload(&plan, &settings).await, (503, 1, 0), "{plan}");
    }
}

#[tokio::test]
async fn a_pause_that_the_upstream_asks_for_is_kept() {
    let before = Instant::now();
    let found = upload("upload:1=status:503,retry-after:1", &[]).await;
    assert_eq!(found, (200, 2, 1));
    assert!(before.elapsed() >= Duration::from_secs(1));
}
