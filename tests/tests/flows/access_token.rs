//! One access token per process: obtained once, renewed ahead, replaced when refused.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault};
use futures_util::future::join_all;
use gateway_tests::Platform;

use crate::{LIFETIME, fail, from_browser, in_process_gateway, managed_gateway, sandbox};

#[tokio::test]
async fn concurrent_first_uploads_share_one_token_call() {
    let (sandbox, _clock) = sandbox().await;
    let gateway = managed_gateway(Platform::Http, &sandbox, &[]).await;
    let request = from_browser(&sandbox.issue_session_token());
    for answer in join_all((0..100).map(|_| gateway.send(&request))).await {
        answer.assert_stored();
    }
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 1);
    assert_eq!(sandbox.uploads().len(), 100);
}

#[tokio::test]
async fn token_that_expired_between_uploads_is_replaced() {
    for platform in Platform::ALL {
        let (sandbox, clock) = sandbox().await;
        let gateway = managed_gateway(platform, &sandbox, &[]).await;
        let request = from_browser(&sandbox.issue_session_token());
        gateway.send(&request).await.assert_stored();

        clock.advance(LIFETIME + Duration::from_secs(1));
        gateway.send(&request).await.assert_stored();
        assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
        assert_eq!(sandbox.calls(Call::UploadFileStream), 3);
        assert_eq!(sandbox.uploads().len(), 2);
    }
}

#[tokio::test]
async fn token_is_renewed_before_it_expires() {
    let (sandbox, _) = sandbox().await;
    let gateway = in_process_gateway(&sandbox).await;
    let request = from_browser(&sandbox.issue_session_token());
    gateway.send(&request).await.assert_stored();

    // With the longest margin that chance may draw, it is not due yet.
    gateway
        .advance(LIFETIME.saturating_sub(Duration::from_secs(121)))
        .await;
    gateway.send(&request).await.assert_stored();
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 1);

    // With the shortest, it is.
    gateway.advance(Duration::from_secs(62)).await;
    gateway.send(&request).await.assert_stored();
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 3);
}

#[tokio::test]
async fn old_token_is_used_while_its_renewal_fails() {
    let (sandbox, _) = sandbox().await;
    let gateway = in_process_gateway(&sandbox).await;
    let request = from_browser(&sandbox.issue_session_token());
    gateway.send(&request).await.assert_stored();

    fail(&sandbox, Fault::status(500).on(Call::TokenByAkSk));
    gateway
        .advance(LIFETIME.saturating_sub(Duration::from_secs(30)))
        .await;
    gateway.send(&request).await.assert_stored();
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);

    gateway.advance(Duration::from_secs(31)).await;
    let answer = gateway.send(&request).await;
    answer.assert_refused(500, "13", &["access token"]);

    sandbox.set_faults([]);
    gateway.advance(Duration::from_secs(120)).await;
    gateway.send(&request).await.assert_stored();
}

#[tokio::test]
async fn failing_token_service_is_retried_with_backoff() {
    let (sandbox, _) = sandbox().await;
    fail(&sandbox, Fault::status(500).on(Call::TokenByAkSk));
    let gateway = in_process_gateway(&sandbox).await.with_stopped_clock();
    let request = from_browser(&sandbox.issue_session_token());
    for _ in 0..20 {
        let answer = gateway.send(&request).await;
        answer.assert_refused(500, "13", &["access token", "try again"]);
    }
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 1);

    // The first pause is one second and up to one more by chance; the second twice as long.
    for (pause, calls) in [(2_000, 2), (1_900, 2), (3_000, 3)] {
        gateway.advance(Duration::from_millis(pause)).await;
        gateway.send(&request).await.assert_refused(500, "13", &[]);
        assert_eq!(sandbox.calls(Call::TokenByAkSk), calls);
    }
    assert_eq!(sandbox.calls(Call::UploadFileStream), 0);
}

#[tokio::test]
async fn short_deadline_of_one_upload_does_not_cancel_the_shared_token_call() {
    let (sandbox, _) = sandbox().await;
    fail(
        &sandbox,
        Fault::delay(Duration::from_millis(1500)).on(Call::TokenByAkSk),
    );
    let gateway = in_process_gateway(&sandbox).await;
    let request = from_browser(&sandbox.issue_session_token());
    let hurried = request.clone().with("x-cff-request-id", "hurried");
    let hurried = hurried.with("x-cff-timeout", "1");
    // The hurried one asks first; the others wait for its call.
    let (answer, patient) = tokio::join!(gateway.send(&hurried), async {
        while sandbox.requests() == 0 {
            tokio::task::yield_now().await;
        }
        gateway.send(&request).await
    });
    answer.assert_refused(500, "13", &["access token"]);
    patient.assert_stored();
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 1);
}

#[tokio::test]
async fn token_rejected_for_a_wrong_session_token_is_kept_if_renewal_fails() {
    let (sandbox, _) = sandbox().await;
    let gateway = in_process_gateway(&sandbox).await;
    let request = from_browser(&sandbox.issue_session_token());
    gateway.send(&request).await.assert_stored();

    fail(&sandbox, Fault::status(500).on(Call::TokenByAkSk));
    assert_eq!(gateway.send(&from_browser("invented")).await.status, 401);
    gateway.send(&request).await.assert_stored();
}

#[tokio::test]
async fn wrong_session_tokens_do_not_each_renew_the_access_token() {
    let (sandbox, _) = sandbox().await;
    let gateway = in_process_gateway(&sandbox).await.with_stopped_clock();
    for _ in 0..10 {
        assert_eq!(gateway.send(&from_browser("invented")).await.status, 401);
    }
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 11);

    gateway.advance(Duration::from_secs(10)).await;
    assert_eq!(gateway.send(&from_browser("invented")).await.status, 401);
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 3);
}

#[tokio::test]
async fn retry_after_of_the_token_service_is_respected_up_to_five_minutes() {
    for (asked, kept) in [(60, 60), (u64::MAX, 300)] {
        let (sandbox, _) = sandbox().await;
        let busy = Fault::status(503).retry_after(asked);
        fail(&sandbox, busy.on(Call::TokenByAkSk));
        let gateway = in_process_gateway(&sandbox).await.with_stopped_clock();
        let request = from_browser(&sandbox.issue_session_token());
        for (pause, calls) in [(0, 1), (0, 1), (kept - 1, 1), (2, 2)] {
            gateway.advance(Duration::from_secs(pause)).await;
            let answer = gateway.send(&request).await;
            answer.assert_refused(500, "13", &["access token"]);
            assert_eq!(sandbox.calls(Call::TokenByAkSk), calls, "{asked} {pause}");
        }
        assert_eq!(sandbox.calls(Call::UploadFileStream), 0);
    }
}
