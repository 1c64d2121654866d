//! The session token rotates, and a client that follows it goes on.

use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault, RotationPolicy, Sandbox};
use gateway_tests::{Door, Gateway, Request, sample};
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{PROGRAM, from_browser, managed_gateway};

#[tokio::test]
async fn a_token_that_was_rotated_by_a_failed_attempt_is_used_by_the_next_and_handed_over() {
    let overloaded = |body: &str| {
        ResponseTemplate::new(503)
            .insert_header("ccmessaging-token", "rotated")
            .insert_header("retry-after", "0")
            .set_body_string(body)
    };
    let stored =
        ResponseTemplate::new(200).set_body_string(r#"{"returnCode":"0","objectKey":"k"}"#);
    for (last, status) in [(stored, 200), (overloaded("<html>"), 500)] {
        let upstream = MockServer::start().await;
        let upload = || Mock::given(method("POST"));
        upload()
            .and(header("ccmessaging-token", "first"))
            .respond_with(overloaded("{}"))
            .mount(&upstream)
            .await;
        upload()
            .and(header("ccmessaging-token", "rotated"))
            .respond_with(last)
            .mount(&upstream)
            .await;
        let url = upstream.uri();
        let gateway = Gateway::start(PROGRAM, Door::Http, &[("UPSTREAM_BASE_URL", &url)]).await;
        let request = Request::upload("png", &sample("rgb.png")).with("ccmessaging-token", "first");
        let answer = gateway.send(&request).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.header("ccmessaging-token"), Some("rotated"));
    }
}

#[tokio::test]
async fn a_client_that_follows_the_rotation_goes_on_and_one_that_does_not_is_refused() {
    for door in Door::ALL {
        let sandbox = Sandbox::builder()
            .rotate_session_token(RotationPolicy::every_call().refusing_the_old_token())
            .start()
            .await
            .expect("the sandbox starts");
        let gateway = managed_gateway(door, &sandbox, &[]).await;
        let first_token = sandbox.issue_session_token();
        let mut token = first_token.clone();
        for _ in 0..3 {
            let answer = gateway.send(&from_browser(&token)).await;
            assert_eq!(answer.json()["returnCode"], "0");
            let rotated = answer.header("ccmessaging-token").expect("a rotated token");
            assert_ne!(rotated, token);
            rotated.clone_into(&mut token);
        }
        assert_eq!(gateway.send(&from_browser(&first_token)).await.status, 401);
        assert_eq!(sandbox.uploads().len(), 3);
    }
}

#[tokio::test]
async fn a_token_in_front_of_an_answer_that_cannot_be_used_is_handed_over() {
    for (fault, settings) in [
        (Fault::cut(), &[][..]),
        (Fault::truncate(), &[]),
        (
            Fault::drip(Duration::from_secs(600), 1),
            &[("UPSTREAM_TIMEOUT_MS", "5000")],
        ),
    ] {
        let sandbox = Sandbox::builder()
            .rotate_session_token(RotationPolicy::every_call().refusing_the_old_token())
            .start()
            .await
            .expect("the sandbox starts");
        let name = fault.to_string();
        sandbox.set_faults(fault.on(Call::UploadFileStream).nth(1));
        let gateway = managed_gateway(Door::Http, &sandbox, settings).await;
        let failed = gateway
            .send(&from_browser(&sandbox.issue_session_token()))
            .await;
        failed.assert_refused(500, "13", &[]);
        let rotated = failed.header("ccmessaging-token").expect("a rotated token");
        let next = gateway.send(&from_browser(rotated)).await;
        assert_eq!(next.json()["returnCode"], "0", "{name}");
    }
}
