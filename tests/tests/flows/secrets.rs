//! No secret is ever printed.

use ccmessaging_sandbox::{RotationPolicy, Sandbox};
use gateway_tests::{Door, Request};

use crate::{managed_gateway, sandbox};

#[tokio::test]
async fn no_credential_and_no_content_is_in_the_log_at_the_highest_level() {
    for door in Door::ALL {
        for plan in [
            "",
            "token:*=status:500",
            "upload:1=status:403",
            "upload:*=html",
        ] {
            let sandbox = Sandbox::builder()
                .rotate_session_token(RotationPolicy::every_call())
                .start()
                .await
                .expect("the sandbox starts");
            sandbox.faults().set(plan.parse().expect("a plan"));
            let gateway = managed_gateway(door, &sandbox, &[("LOG_LEVEL", "trace")]).await;
            let token = sandbox.issue_session_token();
            let request =
                Request::upload("txt", b"a very private letter").with("ccmessaging-token", &token);
            let answer = gateway.send(&request).await;
            let rotated = answer.header("ccmessaging-token").map(str::to_owned);
            let log = gateway.stop().await;
            assert!(log.contains("\"upload\""), "{log}");
            let secrets = [
                Some(sandbox.app_secret().to_owned()),
                Some(token),
                rotated,
                Some("access-token-of-the-test".to_owned()),
                Some("private letter".to_owned()),
                Some("YSB2ZXJ5IHByaXZhdGUgbGV0dGVy".to_owned()),
            ];
            for secret in secrets.into_iter().flatten() {
                assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
            }
            assert!(!log.contains("Bearer "), "{log}");
        }
    }
}

#[tokio::test]
async fn a_wrong_secret_is_not_repeated_to_the_caller_or_the_log() {
    let (sandbox, _clock) = sandbox().await;
    let settings = [("APP_SECRET", "mistyped-secret")];
    let gateway = managed_gateway(Door::Http, &sandbox, &settings).await;
    let answer = gateway.send(&crate::from_browser("session")).await;
    answer.assert_refused(401, "3", &["app key"]);
    assert!(!answer.text.contains("mistyped"));
    let log = gateway.stop().await;
    assert!(log.contains("refuses the app key"), "{log}");
    assert!(!log.contains("mistyped"), "{log}");
}
