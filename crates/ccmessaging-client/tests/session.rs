//! A session against the simulated contact centre: tokens that are replaced, refused and renewed.

use ccmessaging_client::{
    App, Client, ClientConfig, Session, SessionError, SessionRequest, TokenError,
};
use ccmessaging_core::{Payload, Policy, UploadRequest};
use ccmessaging_sandbox::{Call, Fault, RotationPolicy, Sandbox};

const CSV: &[u8] = b"name,city\nAda,London\n";

fn payload() -> Payload {
    let upload = UploadRequest::from_file(CSV, "csv").validate(&Policy::default());
    upload.expect("a CSV file").into_payload()
}

fn client(sandbox: &Sandbox) -> Client {
    let url = sandbox.base_url().parse().expect("a URL");
    Client::new(&ClientConfig::new(url)).expect("public certificates")
}

async fn open(sandbox: &Sandbox, secret: &str) -> Result<Session, SessionError> {
    let client = client(sandbox);
    let app = App::new(&client, sandbox.app_key(), secret)?;
    let customer = SessionRequest {
        user_id: "42".into(),
        user_name: "Ada".into(),
        channel_id: "web".into(),
        locale: "en".into(),
    };
    Session::open(&client, app, customer).await
}

async fn start(builder: ccmessaging_sandbox::SandboxBuilder) -> (Sandbox, Session) {
    let sandbox = builder.start().await.expect("the sandbox starts");
    let session = open(&sandbox, sandbox.app_secret()).await;
    (sandbox, session.expect("a session"))
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_uploaded() {
    let (sandbox, mut session) = start(Sandbox::builder()).await;
    let key = session.upload(&payload()).await.expect("stored");
    let back = session.download(&key, "csv", CSV.len()).await;
    assert_eq!(back.expect("an answer").as_deref(), Some(CSV));
    assert_eq!(sandbox.uploads().len(), 1);
}

#[tokio::test]
async fn a_token_that_is_replaced_by_every_answer_is_followed() {
    let rotation = RotationPolicy::every_call().revoke_old();
    let (sandbox, mut session) = start(Sandbox::builder().rotate_session_token(rotation)).await;
    for _ in 0..3 {
        session.upload(&payload()).await.expect("stored");
    }
    assert_eq!(sandbox.calls(Call::ApplyToken), 1);
}

#[tokio::test]
async fn tokens_that_are_refused_are_renewed_once() {
    let (sandbox, mut session) = start(Sandbox::builder()).await;
    sandbox.revoke_access_tokens();
    sandbox.revoke_session_tokens();
    session.upload(&payload()).await.expect("stored");
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
    assert_eq!(sandbox.calls(Call::ApplyToken), 2);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 2);
}

#[tokio::test]
async fn a_refusal_in_other_words_than_the_apis_renews_tokens_too() {
    let (sandbox, mut session) = start(Sandbox::builder()).await;
    let refusal = Fault::status(401).body("<html>Unauthorized</html>");
    sandbox.set_faults(refusal.on(Call::UploadFileStream).nth(1));
    session.upload(&payload()).await.expect("stored");
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
    assert_eq!(sandbox.calls(Call::ApplyToken), 2);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 2);
}

#[tokio::test]
async fn debug_prints_no_token_and_no_key() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let client = client(&sandbox);
    let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("an app");
    // Not marked as sensitive.
    let token = http::HeaderValue::from_static("a-session-token");
    let session = Session::resume(&client, app, token.clone());
    let credentials = ccmessaging_client::Credentials {
        session_token: token.clone(),
        app_key: token.clone(),
        authorization: token,
    };
    let printed = format!("{session:?} {credentials:?}");
    for secret in [sandbox.app_key(), sandbox.app_secret(), "a-session-token"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[tokio::test]
async fn a_passing_fault_is_repeated_and_a_lasting_refusal_is_not() {
    let (sandbox, mut session) = start(Sandbox::builder()).await;
    sandbox.set_faults(Fault::status(503).on(Call::UploadFileStream).nth(1));
    session.upload(&payload()).await.expect("stored");
    assert_eq!(sandbox.calls(Call::UploadFileStream), 2);

    sandbox.set_faults(Fault::status(500).on(Call::UploadFileStream));
    let refused = session.upload(&payload()).await.expect_err("refused");
    assert!(
        matches!(refused, SessionError::Refused { status: 500, .. }),
        "{refused:?}"
    );
    assert_eq!(sandbox.calls(Call::UploadFileStream), 3);
}

#[tokio::test]
async fn a_wrong_secret_opens_no_session_and_is_not_repeated() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let error = open(&sandbox, "a-wrong-secret").await.expect_err("refused");
    assert!(
        matches!(error, SessionError::Token(TokenError::KeyRefused { .. })),
        "{error:?}"
    );
    let said = format!("{error} {error:?}");
    assert!(!said.contains("a-wrong-secret"), "{said}");
    assert_eq!(sandbox.calls(Call::ApplyToken), 0);
}
