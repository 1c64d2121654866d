//! A session against the simulated contact centre: tokens that are replaced, rejected and renewed.

use std::error::Error as _;
use std::time::Duration;

use ccmessaging_client::{
    App, CallErrorClass, Client, ClientConfig, Peer, RetryPolicy, Session, SessionError,
    SessionRequest, TokenError,
};
use ccmessaging_core::chat::DownloadRequest;
use ccmessaging_core::{FileType, Payload, Policy, UploadRequest};
use ccmessaging_sandbox::{Call, Fault, RotationPolicy, Sandbox};

const CSV: &[u8] = b"name,city\nAda,London\n";

fn payload() -> Payload {
    let upload = UploadRequest::from_file(CSV, "csv").validate(&Policy::default());
    upload.expect("a CSV file").into_payload()
}

fn table(object_key: &str) -> DownloadRequest {
    DownloadRequest::local(object_key, FileType::Csv).expect("a key")
}

fn client(sandbox: &Sandbox) -> Client {
    let url = sandbox.base_url().parse().expect("a URL");
    Client::new(&ClientConfig::new(url)).expect("public certificates")
}

fn customer() -> SessionRequest {
    SessionRequest::new("web", "42")
}

async fn open(sandbox: &Sandbox, secret: &str) -> Result<Session, SessionError> {
    let client = client(sandbox);
    let app = App::new(&client, sandbox.app_key(), secret)?;
    let session = Session::builder(&client, app).customer(customer());
    session.open().await
}

async fn start(builder: ccmessaging_sandbox::SandboxBuilder) -> (Sandbox, Session) {
    let sandbox = builder.start().await.expect("the sandbox starts");
    let session = open(&sandbox, sandbox.app_secret()).await;
    (sandbox, session.expect("a session"))
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_uploaded() {
    let (sandbox, session) = start(Sandbox::builder()).await;
    // In a task, as applications use a session: its futures must be `Send`.
    let task = tokio::spawn(async move {
        let key = session.upload(&payload()).await.expect("stored");
        session.download(&table(&key), CSV.len()).await
    });
    let back = task.await.expect("no panic");
    assert_eq!(back.expect("a file"), CSV);
    assert_eq!(sandbox.uploads().len(), 1);
}

#[tokio::test]
async fn token_rotated_by_every_response_is_used() {
    let rotation = RotationPolicy::every_call().revoke_old();
    let (sandbox, session) = start(Sandbox::builder().rotate_session_token(rotation)).await;
    for _ in 0..3 {
        session.upload(&payload()).await.expect("stored");
    }
    assert_eq!(sandbox.calls(Call::ApplyToken), 1);
}

#[tokio::test]
async fn concurrent_calls_follow_a_token_that_every_response_replaces() {
    const UPLOADS: usize = 16;
    let rotation = RotationPolicy::every_call().revoke_old();
    let (sandbox, session) = start(Sandbox::builder().rotate_session_token(rotation)).await;
    let payload = payload();
    let upload_all = async || {
        let uploads = std::iter::repeat_with(|| session.upload(&payload)).take(UPLOADS);
        for result in futures_util::future::join_all(uploads).await {
            result.expect("stored");
        }
    };
    upload_all().await;
    assert_eq!(sandbox.uploads().len(), UPLOADS);
    // Each is sent with the first token, and all but one again with the newest.
    assert!(sandbox.calls(Call::UploadFileStream) < 2 * UPLOADS);
    assert_eq!(sandbox.calls(Call::ApplyToken), 1);

    sandbox.revoke_session_tokens();
    upload_all().await;
    assert_eq!(sandbox.uploads().len(), 2 * UPLOADS);
    assert!(sandbox.calls(Call::UploadFileStream) < (2 + 3) * UPLOADS);
    assert_eq!(sandbox.calls(Call::ApplyToken), 2);
}

#[tokio::test]
async fn rejected_tokens_are_renewed_once() {
    let (sandbox, session) = start(Sandbox::builder()).await;
    sandbox.revoke_access_tokens();
    sandbox.revoke_session_tokens();
    session.upload(&payload()).await.expect("stored");
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
    // The second is rejected and repeated with the new access token.
    assert_eq!(sandbox.calls(Call::ApplyToken), 3);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 2);
}

#[tokio::test]
async fn access_token_is_kept_if_only_the_session_token_has_expired() {
    let (sandbox, session) = start(Sandbox::builder()).await;
    sandbox.revoke_session_tokens();
    session.upload(&payload()).await.expect("stored");
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 1);
    assert_eq!(sandbox.calls(Call::ApplyToken), 2);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 2);
}

#[tokio::test]
async fn undocumented_rejection_renews_the_session_too() {
    let (sandbox, session) = start(Sandbox::builder()).await;
    let rejection = Fault::status(401).body("<html>Unauthorized</html>");
    sandbox.set_faults(rejection.on(Call::UploadFileStream).nth(1));
    session.upload(&payload()).await.expect("stored");
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
    let session = Session::builder(&client, app).resume(token.clone());
    let credentials = ccmessaging_client::Credentials::new(token.clone(), token.clone(), token);
    let printed = format!("{session:?} {credentials:?}");
    for secret in [sandbox.app_key(), sandbox.app_secret(), "a-session-token"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[tokio::test]
async fn temporary_faults_are_retried_and_rejections_are_not() {
    let (sandbox, session) = start(Sandbox::builder()).await;
    sandbox.set_faults(Fault::status(503).on(Call::UploadFileStream).nth(1));
    session.upload(&payload()).await.expect("stored");
    assert_eq!(sandbox.calls(Call::UploadFileStream), 2);

    sandbox.set_faults(Fault::status(500).on(Call::UploadFileStream));
    let rejected = session.upload(&payload()).await.expect_err("rejected");
    assert!(
        matches!(
            rejected,
            SessionError::Rejected {
                status: http::StatusCode::INTERNAL_SERVER_ERROR,
                ..
            }
        ),
        "{rejected:?}"
    );
    assert_eq!(sandbox.calls(Call::UploadFileStream), 3);
}

#[tokio::test]
async fn a_rejection_says_when_to_try_again() {
    let (sandbox, session) = start(Sandbox::builder()).await;
    sandbox.set_faults(
        Fault::status(503)
            .retry_after(120)
            .on(Call::UploadFileStream),
    );
    let rejected = session.upload(&payload()).await.expect_err("rejected");
    assert!(rejected.is_transient(), "{rejected:?}");
    assert_eq!(rejected.retry_after(), Some(Duration::from_secs(120)));
}

#[tokio::test]
async fn wrong_secret_opens_no_session_and_is_not_printed() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let error = open(&sandbox, "a-wrong-secret")
        .await
        .expect_err("rejected");
    assert!(
        matches!(error, SessionError::Token(TokenError::KeyRejected { .. })),
        "{error:?}"
    );
    let said = format!("{error} {error:?}");
    assert!(!said.contains("a-wrong-secret"), "{said}");
    assert_eq!(sandbox.calls(Call::ApplyToken), 0);
}

#[tokio::test]
async fn rejected_cached_access_token_is_replaced_when_a_session_is_opened() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let client = client(&sandbox);
    let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("an app");
    let first = Session::builder(&client, app.clone())
        .customer(customer())
        .open()
        .await;
    first.expect("a session");
    sandbox.revoke_access_tokens();
    let second = Session::builder(&client, app)
        .customer(customer())
        .open()
        .await;
    second.expect("a session");
    assert_eq!(sandbox.calls(Call::TokenByAkSk), 2);
}

#[tokio::test]
async fn apply_token_is_repeated_after_a_transient_failure() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    sandbox.set_faults(Fault::status(503).on(Call::ApplyToken).nth(1));
    let opened = open(&sandbox, sandbox.app_secret()).await;
    opened.expect("a session");
    assert_eq!(sandbox.calls(Call::ApplyToken), 2);
}

#[tokio::test]
async fn a_download_renews_rejected_tokens_and_is_repeated() {
    let (sandbox, session) = start(Sandbox::builder()).await;
    let key = session.upload(&payload()).await.expect("stored");
    sandbox.revoke_access_tokens();
    sandbox.revoke_session_tokens();
    // The sandbox hands a file out in another session of the same customer.
    session
        .download(&table(&key), CSV.len())
        .await
        .expect("an answer");
    assert_eq!(sandbox.calls(Call::ApplyToken), 3);

    sandbox.set_faults(Fault::status(503).on(Call::DownloadFileStream).nth(1));
    let back = session.download(&table(&key), CSV.len()).await;
    assert_eq!(back.expect("a file"), CSV);
    assert_eq!(sandbox.calls(Call::DownloadFileStream), 4);
}

#[tokio::test]
async fn a_resumed_session_continues_with_the_newest_token_and_ends_when_that_is_rejected() {
    let rotation = RotationPolicy::every_call().revoke_old();
    let (sandbox, session) = start(Sandbox::builder().rotate_session_token(rotation)).await;
    session.upload(&payload()).await.expect("stored");

    let client = client(&sandbox);
    let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("an app");
    let resumed = Session::builder(&client, app).resume(session.token());
    resumed.upload(&payload()).await.expect("stored");
    sandbox.revoke_access_tokens();
    resumed.upload(&payload()).await.expect("stored");

    sandbox.revoke_session_tokens();
    let error = resumed.upload(&payload()).await.expect_err("rejected");
    assert!(
        matches!(
            error,
            SessionError::TokenRejected {
                status: http::StatusCode::UNAUTHORIZED,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!error.to_string().contains("upload"), "{error}");
}

#[tokio::test]
async fn errors_name_their_peer_and_have_sources() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    // A port that is bound but not listened on refuses connections.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket
        .bind(([127, 0, 0, 1], 0).into())
        .expect("a free port");
    let closed = &*format!("http://{}", socket.local_addr().expect("an address"));
    for (base_url, token_base_url, expected) in [
        (
            &*sandbox.base_url(),
            closed,
            "the token service cannot be reached",
        ),
        (
            closed,
            &*sandbox.base_url(),
            "the contact centre cannot be reached",
        ),
    ] {
        let mut config = ClientConfig::new(base_url.parse().expect("a URL"));
        config.token_base_url = token_base_url.parse().expect("a URL");
        config.retry = RetryPolicy::never();
        let client = Client::new(&config).expect("a client");
        let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("an app");
        let error = Session::builder(&client, app)
            .customer(customer())
            .open()
            .await;
        let error = error.expect_err("nobody answers");
        assert!(error.causes().contains(expected), "{}", error.causes());
        assert!(error.is_transient());
        assert!(error.source().is_some());
        let (SessionError::Call(call), peer) = (&error, Peer::ContactCentre) else {
            assert!(matches!(error, SessionError::Token(_)), "{error:?}");
            continue;
        };
        assert_eq!(call.peer(), peer);
        assert_eq!(call.class(), CallErrorClass::Unreachable);
        assert_eq!(call.attempts(), 1);
    }
}

#[tokio::test]
async fn the_retry_policy_is_the_configurations() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let mut config = ClientConfig::new(sandbox.base_url().parse().expect("a URL"));
    config.retry.max_attempts = 5;
    config.retry.min_delay = Duration::from_millis(1);
    let client = Client::new(&config).expect("a client");
    let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("an app");
    let session = Session::builder(&client, app)
        .customer(customer())
        .open()
        .await;
    let session = session.expect("a session");

    sandbox.set_faults(Fault::status(503).on(Call::UploadFileStream).first(4));
    session.upload(&payload()).await.expect("stored");
    assert_eq!(sandbox.calls(Call::UploadFileStream), 5);

    // An upload that stays rejected reports how long the contact centre asks to wait.
    let busy = Fault::status(503).body("<html>").retry_after(7);
    sandbox.set_faults(busy.on(Call::UploadFileStream));
    let session = session.with_timeout(Duration::from_secs(2));
    let error = session.upload(&payload()).await.expect_err("rejected");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}
