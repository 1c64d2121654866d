use std::sync::{Arc, Mutex};

use ccmessaging_sandbox::{Call, Exchange, Sandbox};
use http::StatusCode;

use crate::client::{APP_KEY, APP_SECRET, Outgoing, sandbox};

type Seen = Arc<Mutex<Vec<Exchange>>>;

async fn observed() -> (Sandbox, Seen) {
    let seen = Seen::default();
    let sink = Arc::clone(&seen);
    let sandbox = sandbox()
        .observe(move |exchange| sink.lock().unwrap().push(exchange.clone()))
        .start()
        .await
        .unwrap();
    (sandbox, seen)
}

#[tokio::test]
async fn the_observer_sees_each_exchange_with_its_status_code_and_size() {
    let (sandbox, seen) = observed().await;
    Outgoing::upload(&sandbox).send().await;
    Outgoing::upload(&sandbox)
        .url(format!("{}/elsewhere", sandbox.base_url()))
        .raw_body("12345")
        .send()
        .await;

    let seen = seen.lock().unwrap();
    let [upload, elsewhere] = seen.as_slice() else {
        panic!("two exchanges, found {seen:?}");
    };
    assert_eq!(upload.call, Some(Call::UploadFileStream));
    assert_eq!(upload.status, Some(StatusCode::OK));
    assert_eq!(upload.code, Some("0"));
    assert_eq!(upload.fault, None);
    assert!(upload.request_bytes > 30, "{upload:?}");
    assert_eq!(elsewhere.call, None);
    assert_eq!(elsewhere.status, Some(StatusCode::NOT_FOUND));
    assert_eq!(elsewhere.request_bytes, 5);
}

#[tokio::test]
async fn the_observer_sees_faults_and_that_a_reset_has_no_status() {
    let (sandbox, seen) = observed().await;
    let plan = "upload:1=reset;upload:2=status:503,retry-after:1";
    sandbox.faults().set(plan.parse().unwrap());
    assert!(Outgoing::upload(&sandbox).try_send().await.is_err());
    assert_eq!(Outgoing::upload(&sandbox).send().await.status, 503);

    let seen = seen.lock().unwrap();
    let [reset, status] = seen.as_slice() else {
        panic!("two exchanges, found {seen:?}");
    };
    assert_eq!((reset.status, reset.code), (None, None));
    assert_eq!(reset.fault.as_deref(), Some("reset:before"));
    assert_eq!(status.status, Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(status.fault.as_deref(), Some("status:503,retry-after:1"));
    assert!(reset.to_string().starts_with("uploadFileStream   reset"));
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_secret_a_token_or_a_file() {
    let (sandbox, seen) = observed().await;
    let session = sandbox.issue_session_token();
    let access = sandbox.issue_access_token();
    Outgoing::token(&sandbox).send().await;
    Outgoing::apply_token(&sandbox).send().await;
    let upload = Outgoing::upload(&sandbox)
        .header("ccmessaging-token", &session)
        .header("authorization", &format!("Bearer {access}"));
    let key = upload.send().await.field("objectKey");
    Outgoing::download(&sandbox, &key).send().await;

    let builder = crate::client::sandbox();
    let printed = format!("{:?} {:?} {builder:?}", seen.lock().unwrap(), sandbox);
    assert_eq!(seen.lock().unwrap().len(), 4);
    assert!(printed.contains(APP_KEY));
    for secret in [APP_SECRET, &session, &access, "aGVsbG8=", "hello"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
