//! The request log as `tracing` events.
//!
//! The test needs its own process because it installs a global subscriber: with a thread-local one,
//! `tracing` may cache another thread's missing interest and drop the events.

use bytes::Bytes;
use ccmessaging_sandbox::{Call, Fault, Sandbox};
use http::Request;
use http::request::Builder;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;

const APP_KEY: &str = "test-app-key";
const APP_SECRET: &str = "test-app-secret";

/// Sends a request and returns the body of the response.
async fn send(request: Builder, body: &Value) -> String {
    let request = request
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body.to_string())))
        .unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.into()).unwrap()
}

#[tokio::test]
async fn requests_are_logged_as_tracing_events_without_secrets() {
    let log = tempfile::NamedTempFile::new().unwrap();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(log.reopen().unwrap())
        .init();

    let sandbox = Sandbox::builder().app_key(APP_KEY).app_secret(APP_SECRET);
    let sandbox = sandbox.start().await.unwrap();
    sandbox.set_faults(Fault::html().on(Call::UploadFileStream).nth(2));
    let session = sandbox.issue_session_token();
    let access = sandbox.issue_access_token();
    for _ in 0..2 {
        let upload = Request::post(sandbox.url(Call::UploadFileStream))
            .header("x-app-key", APP_KEY)
            .header("authorization", format!("Bearer {access}"))
            .header("ccmessaging-token", &session);
        let body = json!({"fileType": "txt", "fileStream": "aGVsbG8=", "channel": "WEB"});
        send(upload, &body).await;
    }
    let request = Request::post(sandbox.url(Call::TokenByAkSk)).header("x-token-expire", "600");
    let body = json!({"app_key": APP_KEY, "app_secret": APP_SECRET});
    let answer: Value = serde_json::from_str(&send(request, &body).await).unwrap();
    let token = answer["AccessToken"].as_str().unwrap();

    let text = std::fs::read_to_string(log.path()).unwrap();
    let events: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" sandbox: "))
        .collect();
    let [upload, faulty, _] = events.as_slice() else {
        panic!("three events, found {text}");
    };
    for part in ["call=\"uploadFileStream\"", "status=200", "code=\"0\""] {
        assert!(upload.contains(part), "{upload}");
    }
    assert!(faulty.contains("fault=\"html\""), "{faulty}");
    for secret in [APP_SECRET, &session, &access, token, "aGVsbG8=", "hello"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
