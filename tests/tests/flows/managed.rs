//! The gateway's own credentials, the caller's, and which of them win.

use ccmessaging_sandbox::Call;
use gateway_tests::{Platform, Request, sample};

use crate::{from_browser, in_process_gateway, managed_gateway, sandbox};

#[tokio::test]
async fn browsers_only_need_a_session_token() {
    for platform in Platform::ALL {
        let (sandbox, _clock) = sandbox().await;
        let gateway = managed_gateway(platform, &sandbox, &[]).await;
        let request = from_browser(&sandbox.issue_session_token());
        let key = gateway.send(&request).await.assert_stored();
        let stored = sandbox.file(&key).expect("the file is stored");
        assert_eq!(stored.as_ref(), sample("rgb.png"));
    }
}

#[tokio::test]
async fn uploads_require_a_valid_session_token() {
    for platform in Platform::ALL {
        let (sandbox, _clock) = sandbox().await;
        let gateway = managed_gateway(platform, &sandbox, &[]).await;

        let request = from_browser("x").without("ccmessaging-token");
        let answer = gateway.send(&request).await;
        answer.assert_refused(400, "2", &["ccmessaging-token"]);
        assert_eq!(sandbox.calls(Call::UploadFileStream), 0);

        let answer = gateway.send(&from_browser("invented")).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
        assert!(sandbox.uploads().is_empty());
    }
}

/// Returns an upload with the caller's own credentials, which the sandbox does not accept.
fn with_own_credentials(session_token: &str) -> Request {
    Request::png().with("ccmessaging-token", session_token)
}

#[tokio::test]
async fn caller_credentials_are_ignored_by_default() {
    let (sandbox, _clock) = sandbox().await;
    let gateway = managed_gateway(Platform::Http, &sandbox, &[]).await;
    let request = with_own_credentials(&sandbox.issue_session_token());
    gateway.send(&request).await.assert_stored();
}

#[tokio::test]
async fn complete_caller_credentials_can_be_preferred() {
    let (sandbox, _clock) = sandbox().await;
    let settings = [("CALLER_CREDENTIALS", "preferred")];
    let gateway = managed_gateway(Platform::Http, &sandbox, &settings).await;
    let request = with_own_credentials(&sandbox.issue_session_token());
    let answer = gateway.send(&request).await;
    assert_eq!(answer.status, 403, "{}", answer.text);

    // Incomplete ones do not.
    let incomplete = request.without("authorization");
    gateway.send(&incomplete).await.assert_stored();
}

#[tokio::test]
async fn rejected_file_does_not_fetch_a_token() {
    let (sandbox, _) = sandbox().await;
    let gateway = in_process_gateway(&sandbox).await;
    let renamed = Request::upload("mp4", &sample("rgb.png"));
    let answer = gateway.send(&renamed).await;
    answer.assert_refused(200, "3", &["declared mp4"]);
    assert_eq!(sandbox.requests(), 0);
}
