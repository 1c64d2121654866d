//! The three places where the app secret may be kept.

use gateway_tests::{Door, Gateway};
use serde_json::json;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{PROGRAM, from_browser, sandbox};

#[tokio::test]
async fn the_secret_may_be_in_a_file() {
    let (sandbox, _clock) = sandbox().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("app-secret");
    std::fs::write(&file, format!("{}\n", sandbox.app_secret())).expect("a file");
    let settings = [
        ("UPSTREAM_BASE_URL", &*sandbox.base_url()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET_FILE", file.to_str().expect("Unicode")),
    ];
    let gateway = Gateway::start(PROGRAM, Door::Http, &settings).await;
    let answer = gateway
        .send(&from_browser(&sandbox.issue_session_token()))
        .await;
    assert_eq!(answer.json()["returnCode"], "0");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_an_upload_failure_that_names_no_path() {
    let (sandbox, _clock) = sandbox().await;
    let settings = [
        ("UPSTREAM_BASE_URL", &*sandbox.base_url()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET_FILE", "/nowhere/app-secret"),
    ];
    let gateway = Gateway::start(PROGRAM, Door::Http, &settings).await;
    let answer = gateway.send(&from_browser("session")).await;
    answer.assert_refused(500, "13", &["access token"]);
    assert!(!answer.text.contains("nowhere"));
    assert_eq!(sandbox.requests(), 0);
    assert!(gateway.stop().await.contains("APP_SECRET_FILE"));
}

#[tokio::test]
async fn the_secret_may_be_in_secrets_manager_as_text_or_as_json() {
    let (sandbox, _clock) = sandbox().await;
    let secret = sandbox.app_secret();
    for kept in [secret.to_owned(), json!({"app_secret": secret}).to_string()] {
        let extension = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path("/secretsmanager/get"))
            .and(query_param(
                "secretId",
                "arn:aws:secretsmanager:eu-west-1:1:secret:aicc/app-a1",
            ))
            .and(header(
                "x-aws-parameters-secrets-token",
                "session-of-the-function",
            ))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({
                "Name": "aicc/app",
                "SecretString": kept,
            })))
            .mount(&extension)
            .await;
        let port = extension.address().port().to_string();
        let settings = [
            ("UPSTREAM_BASE_URL", &*sandbox.base_url()),
            ("APP_KEY", sandbox.app_key()),
            (
                "APP_SECRET_ARN",
                "arn:aws:secretsmanager:eu-west-1:1:secret:aicc/app-a1",
            ),
            ("AWS_SESSION_TOKEN", "session-of-the-function"),
            ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", &port),
        ];
        let gateway = Gateway::start(PROGRAM, Door::Lambda, &settings).await;
        let answer = gateway
            .send(&from_browser(&sandbox.issue_session_token()))
            .await;
        assert_eq!(answer.json()["returnCode"], "0", "{}", gateway.stop().await);
    }
}

#[tokio::test]
async fn an_extension_that_refuses_is_an_upload_failure() {
    let (sandbox, _clock) = sandbox().await;
    let extension = MockServer::start().await;
    let port = extension.address().port().to_string();
    let settings = [
        ("UPSTREAM_BASE_URL", &*sandbox.base_url()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET_ARN", "aicc/app"),
        ("AWS_SESSION_TOKEN", "session-of-the-function"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", &port),
    ];
    let gateway = Gateway::start(PROGRAM, Door::Lambda, &settings).await;
    let answer = gateway.send(&from_browser("session")).await;
    answer.assert_refused(500, "13", &["access token"]);
    assert_eq!(sandbox.requests(), 0);
    // Asked for the upload only: before the first invocation it would refuse in any case.
    let asked = extension.received_requests().await.expect("recording");
    assert_eq!(asked.len(), 1);
}
