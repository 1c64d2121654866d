//! Attempts and bytes of an upload are counted while it runs.

use ccmessaging_client::{App, Client, ClientConfig, Progress, Session, SessionRequest};
use ccmessaging_core::{Policy, UploadRequest};
use ccmessaging_sandbox::{Call, Fault, Sandbox};

#[tokio::test(flavor = "multi_thread")]
async fn progress_counts_attempts_and_bytes_of_the_last_attempt() {
    let faults = Fault::status(503).on(Call::UploadFileStream).first(2);
    let sandbox = Sandbox::builder().faults(faults).start().await;
    let sandbox = sandbox.expect("a sandbox");
    let base_url = sandbox.base_url().parse().expect("a URL");
    let client = Client::new(&ClientConfig::new(base_url)).expect("a client");
    let app = App::new(&client, sandbox.app_key(), sandbox.app_secret()).expect("an app");
    let customer = SessionRequest::new("web", "42");
    let progress = Progress::default();
    let session = Session::open(&client, app, customer).await;
    let session = session.expect("a session").with_progress(&progress);

    let upload = UploadRequest::from_file("hello", "txt").validate(&Policy::default());
    let payload = upload.expect("a text").into_payload();
    session.upload(&payload).await.expect("an object key");

    assert_eq!(sandbox.calls(Call::UploadFileStream), 3);
    assert_eq!(progress.attempts(), 3);
    assert_eq!(progress.sent_bytes(), payload.len() as u64);
}
