//! The first access token is asked for when the program starts, not when the first upload comes.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use ccmessaging_sandbox::{Call, Fault, Sandbox};
use gateway_tests::{Door, Gateway, Request, sample, stored};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};

use crate::{PROGRAM, from_browser, managed_gateway};

/// A sandbox that tells of every call that it answers.
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
async fn the_token_is_asked_for_before_any_upload_and_serves_the_first() {
    for door in Door::ALL {
        let (sandbox, mut calls) = observed_sandbox().await;
        let gateway = managed_gateway(door, &sandbox, &[]).await;
        assert_eq!(calls.recv().await, Some(Some(Call::TokenByAkSk)));

        let request = from_browser(&sandbox.issue_session_token());
        assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
        assert_eq!(calls.recv().await, Some(Some(Call::UploadFileStream)));
        assert_eq!(sandbox.requests(), 2);
    }
}

#[tokio::test]
async fn a_first_call_that_failed_is_logged_once_and_the_first_upload_asks_again() {
    for door in Door::ALL {
        let (sandbox, mut calls) = observed_sandbox().await;
        sandbox.set_faults(Fault::status(500).on(Call::TokenByAkSk).nth(1));
        let gateway = managed_gateway(door, &sandbox, &[]).await;
        assert_eq!(calls.recv().await, Some(Some(Call::TokenByAkSk)));

        let request = from_browser(&sandbox.issue_session_token());
        assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
        assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
        let log = gateway.stop().await;
        assert_eq!(log.matches(r#""level":"WARN""#).count(), 1, "{log}");
        assert!(log.contains("gives no access token"), "{log}");
        assert!(!log.contains(sandbox.app_secret()), "{log}");
    }
}

#[tokio::test]
async fn a_gateway_without_credentials_asks_for_no_token() {
    for door in Door::ALL {
        let (sandbox, mut calls) = observed_sandbox().await;
        let settings = [("UPSTREAM_BASE_URL", &*sandbox.base_url())];
        let gateway = Gateway::start(PROGRAM, door, &settings).await;
        let authorization = format!("Bearer {}", sandbox.issue_access_token());
        let request = Request::upload("png", &sample("rgb.png"))
            .with("ccmessaging-token", &sandbox.issue_session_token())
            .with("x-app-key", sandbox.app_key())
            .with("authorization", &authorization);
        assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
        assert_eq!(calls.recv().await, Some(Some(Call::UploadFileStream)));
        assert_eq!(sandbox.requests(), 1);
    }
}

/// An upstream whose token service answers only with a permit, and tells of each call.
#[derive(Debug)]
struct GatedUpstream {
    permits: Semaphore,
    token_calls: mpsc::UnboundedSender<()>,
}

impl GatedUpstream {
    async fn start() -> (Arc<Self>, String, mpsc::UnboundedReceiver<()>) {
        let (sender, token_calls) = mpsc::unbounded_channel();
        let upstream = Arc::new(Self {
            permits: Semaphore::new(0),
            token_calls: sender,
        });
        let router = Router::new()
            .route("/apigovernance/api/oauth/tokenByAkSk", post(give_token))
            .route(
                "/apiaccess/ccmessaging/uploadFileStream",
                post(async || stored()),
            )
            .with_state(Arc::clone(&upstream));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (upstream, url, token_calls)
    }
}

async fn give_token(State(upstream): State<Arc<GatedUpstream>>) -> &'static str {
    let _ = upstream.token_calls.send(());
    let _permit = upstream.permits.acquire().await.expect("never closed");
    r#"{"AccessToken":"access","Expires":"600"}"#
}

#[tokio::test]
async fn uploads_that_come_during_the_first_call_wait_for_it_and_make_none_of_their_own() {
    let (upstream, url, mut token_calls) = GatedUpstream::start().await;
    let settings = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ];
    // It listens although the token service has not answered.
    let gateway = Gateway::start(PROGRAM, Door::Http, &settings).await;
    token_calls.recv().await.expect("the call of the start");

    // It waited for the call under way, up to its own deadline.
    let hurried = from_browser("session")
        .with("x-cff-request-id", "hurried")
        .with("x-cff-timeout", "1");
    gateway
        .send(&hurried)
        .await
        .assert_refused(500, "13", &["access token"]);
    assert!(token_calls.is_empty());

    upstream.permits.add_permits(1);
    let answer = gateway.send(&from_browser("session")).await;
    assert_eq!(answer.json()["returnCode"], "0", "{}", answer.text);
    assert!(token_calls.is_empty());
}
