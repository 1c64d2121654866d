//! The three places where the app secret may be kept.

use std::process::Command;
use std::time::Duration;

use ccmessaging_sandbox::{Call, Sandbox};
use gateway_tests::{Answer, Gateway, Platform, Script, ScriptedUpstream, http_answer, received};
use serde_json::json;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{LIFETIME, PROGRAM, from_browser, sandbox};

/// An upload through a gateway whose app secret is where these settings say: its answer, and the log.
async fn upload(
    platform: Platform,
    sandbox: &Sandbox,
    settings: &[(&str, &str)],
) -> (Answer, String) {
    let url = sandbox.base_url();
    let own = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("APP_KEY", sandbox.app_key()),
    ];
    let gateway = Gateway::start(PROGRAM, platform, &[&own, settings].concat()).await;
    let request = from_browser(&sandbox.issue_session_token());
    (gateway.send(&request).await, gateway.stop().await)
}

/// The settings for a secret in AWS Secrets Manager, read through the extension at this port.
fn in_secrets_manager<'a>(secret: &'a str, port: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("APP_SECRET_ARN", secret),
        ("AWS_SESSION_TOKEN", "session-of-the-function"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port),
    ]
}

#[tokio::test]
async fn changed_secret_file_is_used_for_the_next_token() {
    let (sandbox, clock) = sandbox().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("app-secret");
    // The final line break is not part of the secret.
    std::fs::write(&file, format!("{}\n", sandbox.app_secret())).expect("a file");
    let settings = [
        ("UPSTREAM_BASE_URL", &*sandbox.base_url()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET_FILE", file.to_str().expect("Unicode")),
    ];
    let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
    let request = from_browser(&sandbox.issue_session_token());
    gateway.send(&request).await.assert_stored();

    std::fs::write(&file, "a secret that the token service does not know").expect("a file");
    gateway.send(&request).await.assert_stored();
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 1);

    // The old token ends; with the new secret, no other can be obtained.
    clock.advance(LIFETIME + Duration::from_secs(1));
    assert_ne!(gateway.send(&request).await.json()["returnCode"], "0");
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
    assert_eq!(sandbox.uploads().len(), 2);
}

#[tokio::test]
async fn unreadable_secret_file_fails_the_upload_without_naming_the_path() {
    let tokens = ScriptedUpstream::start(Script::answering(http_answer(500, "", "{}"))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("app-secret");
    std::fs::write(&file, "secret").expect("a file");
    let settings = [
        ("UPSTREAM_BASE_URL", &*tokens.uri()),
        ("APP_KEY", "key"),
        ("APP_SECRET_FILE", file.to_str().expect("Unicode")),
    ];
    let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
    let request = from_browser("session");
    tokens.until_over(1).await;

    std::fs::remove_file(&file).expect("a file");
    // Opening a pipe would wait for its writer.
    let made = Command::new("mkfifo").arg(&file).status();
    assert!(made.expect("mkfifo").success());
    // The first one may wait for the call that was made at the start.
    for _ in 0..2 {
        let answer = gateway.send(&request).await;
        answer.assert_refused(500, "13", &["access token"]);
        assert!(!answer.text.contains("app-secret"));
    }
    let log = gateway.stop().await;
    assert!(
        log.contains("APP_SECRET_FILE: it is not a regular file"),
        "{log}"
    );
}

#[tokio::test]
async fn secret_can_be_in_secrets_manager_as_text_or_json() {
    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:1:secret:aicc/app-a1";
    let (sandbox, _clock) = sandbox().await;
    let secret = sandbox.app_secret();
    for kept in [secret.to_owned(), json!({"app_secret": secret}).to_string()] {
        let extension = MockServer::start().await;
        let answer = json!({"Name": "aicc/app", "SecretString": kept});
        Mock::given(method("GET"))
            .and(path("/secretsmanager/get"))
            .and(query_param("secretId", ARN))
            .and(header(
                "x-aws-parameters-secrets-token",
                "session-of-the-function",
            ))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&extension)
            .await;
        let port = extension.address().port().to_string();
        let settings = in_secrets_manager(ARN, &port);
        let (answer, log) = upload(Platform::Lambda, &sandbox, &settings).await;
        assert_eq!(answer.json()["returnCode"], "0", "{log}");
    }
}

#[tokio::test]
async fn rejecting_secrets_extension_fails_the_upload() {
    let (sandbox, _clock) = sandbox().await;
    let extension = MockServer::start().await;
    let port = extension.address().port().to_string();
    let settings = in_secrets_manager("aicc/app", &port);
    let (answer, _) = upload(Platform::Lambda, &sandbox, &settings).await;
    answer.assert_refused(500, "13", &["access token"]);
    assert_eq!(sandbox.requests(), 0);
    // Asked for the upload only: before the first invocation it would refuse in any case.
    assert_eq!(received(&extension).await.len(), 1);
}
