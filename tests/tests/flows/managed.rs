//! The gateway's own credentials, the caller's, and which of them win.

use ccmessaging_sandbox::Call;
use gateway_tests::{Door, Request, sample};

use crate::{clocked_gateway, from_browser, managed_gateway, sandbox};

#[tokio::test]
async fn a_browser_needs_nothing_but_the_session_token() {
    for door in Door::ALL {
        let (sandbox, _clock) = sandbox().await;
        let gateway = managed_gateway(door, &sandbox, &[]).await;
        let answer = gateway
            .send(&from_browser(&sandbox.issue_session_token()))
            .await;
        let key = answer.json()["objectKey"]
            .as_str()
            .expect("a key")
            .to_owned();
        let stored = sandbox.file(&key).await.expect("the file is stored");
        assert_eq!(stored.as_ref(), sample("rgb.png"));
    }
}

#[tokio::test]
async fn the_gateway_is_no_open_relay() {
    for door in Door::ALL {
        let (sandbox, _clock) = sandbox().await;
        let gateway = managed_gateway(door, &sandbox, &[]).await;

        let request = from_browser("x").without("ccmessaging-token");
        gateway
            .send(&request)
            .await
            .assert_refused(400, "2", &["ccmessaging-token"]);
        assert_eq!(sandbox.calls(Call::UploadFileStream), 0);

        let answer = gateway.send(&from_browser("invented")).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
        assert!(sandbox.uploads().is_empty());
    }
}

/// A caller with an app key of its own, which the sandbox does not know.
fn with_own_credentials(session_token: &str) -> Request {
    Request::upload("png", &sample("rgb.png")).with("ccmessaging-token", session_token)
}

#[tokio::test]
async fn a_callers_own_credentials_are_ignored_by_default() {
    let (sandbox, _clock) = sandbox().await;
    let gateway = managed_gateway(Door::Http, &sandbox, &[]).await;
    let answer = gateway
        .send(&with_own_credentials(&sandbox.issue_session_token()))
        .await;
    assert_eq!(answer.json()["returnCode"], "0");
}

#[tokio::test]
async fn a_callers_own_credentials_win_where_the_configuration_says_so() {
    let (sandbox, _clock) = sandbox().await;
    let settings = [("CALLER_CREDENTIALS", "preferred")];
    let gateway = managed_gateway(Door::Http, &sandbox, &settings).await;
    let session_token = sandbox.issue_session_token();

    let answer = gateway.send(&with_own_credentials(&session_token)).await;
    assert_eq!(answer.status, 403, "{}", answer.text);

    // Incomplete ones do not.
    let incomplete = with_own_credentials(&session_token).without("authorization");
    assert_eq!(gateway.send(&incomplete).await.json()["returnCode"], "0");
}

#[tokio::test]
async fn a_file_that_is_refused_costs_no_token() {
    let (sandbox, _) = sandbox().await;
    let (gateway, _clock) = clocked_gateway(&sandbox).await;
    let renamed = Request::upload("mp4", &sample("rgb.png"));
    gateway
        .send(&renamed)
        .await
        .assert_refused(200, "3", &["declared mp4"]);
    assert_eq!(sandbox.requests(), 0);
}
