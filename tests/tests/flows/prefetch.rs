//! The first access token is requested when the program starts, not with the first upload.

use ccmessaging_sandbox::{Call, Fault, FaultPlan, Sandbox};
use gateway_tests::{
    Gateway, Platform, Request, Script, ScriptedUpstream, Step, http_answer, in_time,
    upstream_storing,
};
use serde_json::json;
use tokio::sync::mpsc;

use crate::{LIFETIME, PROGRAM, fail, from_browser, managed_gateway, sandbox};

/// Starts a sandbox that reports every call.
async fn observed_sandbox() -> (Sandbox, mpsc::UnboundedReceiver<Option<Call>>) {
    let (sender, calls) = mpsc::unbounded_channel();
    let sandbox = Sandbox::builder()
        .observe(move |exchange| {
            let _ = sender.send(exchange.call);
        })
        .start()
        .await
        .expect("the sandbox starts");
    (sandbox, calls)
}

#[tokio::test]
async fn token_is_prefetched_for_the_first_upload() {
    for platform in Platform::ALL {
        let (sandbox, mut calls) = observed_sandbox().await;
        let gateway = managed_gateway(platform, &sandbox, &[]).await;
        assert_eq!(calls.recv().await, Some(Some(Call::TokenByAkSk)));

        let request = from_browser(&sandbox.issue_session_token());
        gateway.send(&request).await.assert_stored();
        assert_eq!(calls.recv().await, Some(Some(Call::UploadFileStream)));
        assert_eq!(sandbox.requests(), 2);
    }
}

#[tokio::test]
async fn failed_prefetch_is_logged_once_and_retried_by_the_first_upload() {
    for platform in Platform::ALL {
        let (sandbox, mut calls) = observed_sandbox().await;
        fail(&sandbox, Fault::status(500).on(Call::TokenByAkSk).nth(1));
        let gateway = managed_gateway(platform, &sandbox, &[]).await;
        assert_eq!(calls.recv().await, Some(Some(Call::TokenByAkSk)));

        let request = from_browser(&sandbox.issue_session_token());
        gateway.send(&request).await.assert_stored();
        assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
        let log = gateway.stop().await;
        assert_eq!(log.matches(r#""level":"WARN""#).count(), 1, "{log}");
        assert!(log.contains("returned no access token"), "{log}");
        assert!(!log.contains(sandbox.app_secret()), "{log}");
    }
}

#[tokio::test]
async fn first_upload_respects_retry_after_of_the_prefetch() {
    for platform in Platform::ALL {
        let (sandbox, mut calls) = observed_sandbox().await;
        let busy = Fault::status(503).retry_after(60);
        fail(&sandbox, busy.on(Call::TokenByAkSk).nth(1));
        let gateway = managed_gateway(platform, &sandbox, &[]).await;
        assert_eq!(calls.recv().await, Some(Some(Call::TokenByAkSk)));

        let request = from_browser(&sandbox.issue_session_token());
        let answer = gateway.send(&request).await;
        answer.assert_refused(500, "13", &["access token"]);
        assert_eq!(sandbox.requests(), 1);
    }
}

#[tokio::test]
async fn a_gateway_is_ready_once_it_has_a_token_and_stays_ready() {
    let ready = Request::bare("GET", "/readyz");
    let (sandbox, clock) = sandbox().await;
    fail(&sandbox, Fault::status(401).on(Call::TokenByAkSk));
    let gateway = managed_gateway(Platform::Http, &sandbox, &[]).await;
    let answer = gateway.send(&ready).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["status"], "no access token");

    fail(&sandbox, FaultPlan::default());
    let becomes_ready = async { while gateway.send(&ready).await.status != 200 {} };
    in_time("the gateway must become ready", becomes_ready).await;
    fail(&sandbox, Fault::status(503).on_any_call());
    clock.advance(2 * LIFETIME);
    let answer = gateway.send(&ready).await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (200, &json!("ready"))
    );
}

#[tokio::test]
async fn without_credentials_of_its_own_a_gateway_is_ready() {
    for platform in Platform::ALL {
        let settings = [("UPSTREAM_BASE_URL", "https://service.example.com")];
        let gateway = Gateway::start(PROGRAM, platform, &settings).await;
        let answer = gateway.send(&Request::bare("GET", "/readyz")).await;
        assert_eq!(answer.status, 200);
        let answer = gateway.send(&Request::bare("POST", "/readyz")).await;
        answer.assert_refused(405, "3", &["GET"]);
    }
}

#[tokio::test]
async fn gateway_without_credentials_fetches_no_token() {
    for platform in Platform::ALL {
        let (sandbox, mut calls) = observed_sandbox().await;
        let settings = [("UPSTREAM_BASE_URL", &*sandbox.base_url())];
        let gateway = Gateway::start(PROGRAM, platform, &settings).await;
        let request = Request::png().admitted_by(&sandbox);
        gateway.send(&request).await.assert_stored();
        assert_eq!(calls.recv().await, Some(Some(Call::UploadFileStream)));
        assert_eq!(sandbox.requests(), 1);
    }
}

#[tokio::test]
async fn uploads_during_the_prefetch_share_its_call() {
    let token = r#"{"AccessToken":"access","Expires":"600"}"#;
    let answer = Step::Write(http_answer(200, "", token));
    let tokens =
        ScriptedUpstream::start(Script::new([Step::ReadRequest, Step::Hold, answer])).await;
    let upstream = upstream_storing().await;
    let settings = [
        ("UPSTREAM_BASE_URL", &*upstream.uri()),
        ("TOKEN_BASE_URL", &tokens.uri()),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ];
    // It listens although the token service has not answered.
    let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
    tokens.until_complete(1).await;

    // It waited for the call under way, up to its own deadline.
    let hurried = from_browser("session").with("x-cff-request-id", "hurried");
    let answer = gateway.send(&hurried.with("x-cff-timeout", "1")).await;
    answer.assert_refused(500, "13", &["access token"]);
    assert_eq!(tokens.connections(), 1);

    tokens.release();
    gateway.send(&from_browser("session")).await.assert_stored();
    assert_eq!(tokens.connections(), 1);
}
