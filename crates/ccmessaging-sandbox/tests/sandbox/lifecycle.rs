use std::time::Duration;

use ccmessaging_sandbox::{Call, Sandbox, StartError};
use tokio::net::TcpStream;

use crate::client::{Outgoing, sandbox, started};

#[tokio::test]
async fn two_sandboxes_know_nothing_of_each_other() {
    let (one, other) = (started().await, started().await);
    assert_ne!(one.base_url(), other.base_url());
    assert_eq!(Outgoing::upload(&one).send().await.status, 200);
    let astray = Outgoing::upload(&one).url(other.url(Call::UploadFileStream));
    assert_eq!(astray.send().await.status, 403);
    assert_eq!((one.uploads().len(), other.uploads().len()), (1, 0));
}

#[tokio::test]
async fn the_defaults_start_on_a_free_loopback_port_with_a_known_key() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    assert!(sandbox.address().ip().is_loopback());
    assert_ne!(sandbox.address().port(), 0);
    assert_eq!(sandbox.base_url(), format!("http://{}", sandbox.address()));
    assert_eq!(sandbox.app_key(), "sandbox-app-key");
    assert_eq!(sandbox.app_secret(), "sandbox-app-secret");
}

#[tokio::test]
async fn an_address_in_use_stops_the_start() {
    let first = started().await;
    let second = sandbox().listen(first.address()).start().await;
    let Err(error @ StartError::Listen(..)) = second else {
        panic!("expected a listen error, found {second:?}");
    };
    assert!(error.to_string().contains(&first.address().to_string()));
}

#[tokio::test]
async fn settings_out_of_range_stop_the_start_and_are_named() {
    let seconds = Duration::from_secs;
    let wrong = [
        (
            sandbox().access_token_lifetime(seconds(0)),
            "access_token_lifetime",
        ),
        (
            sandbox().access_token_lifetime(seconds(3601)),
            "access_token_lifetime",
        ),
        (
            sandbox().access_token_lifetime(Duration::from_millis(1500)),
            "access_token_lifetime",
        ),
        (
            sandbox().session_token_lifetime(seconds(0)),
            "session_token_lifetime",
        ),
        (
            sandbox().session_token_lifetime(Duration::MAX),
            "session_token_lifetime",
        ),
        (sandbox().app_key(""), "app_key"),
        (sandbox().app_key("line\nbreak"), "app_key"),
        (sandbox().app_secret(""), "app_secret"),
    ];
    for (builder, setting) in wrong {
        let error = builder.start().await.expect_err(setting).to_string();
        assert!(error.starts_with(setting), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_lets_a_call_under_way_finish() {
    let sandbox = started().await;
    let plan = "upload=delay:2s".parse().unwrap();
    sandbox.faults().set(plan);
    let upload = tokio::spawn(Outgoing::upload(&sandbox).try_send());
    while sandbox.calls(Call::UploadFileStream) == 0 {
        tokio::task::yield_now().await;
    }
    sandbox.shutdown().await;
    let reply = upload.await.unwrap().expect("a complete answer");
    assert_eq!(reply.field("returnCode"), "0");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_does_not_wait_for_ever() {
    let sandbox = started().await;
    let plan = "upload=delay:3600s".parse().unwrap();
    sandbox.faults().set(plan);
    let upload = tokio::spawn(Outgoing::upload(&sandbox).try_send());
    while sandbox.calls(Call::UploadFileStream) == 0 {
        tokio::task::yield_now().await;
    }
    let before = tokio::time::Instant::now();
    sandbox.shutdown().await;
    assert!(before.elapsed() < Duration::from_secs(60));
    assert!(upload.await.unwrap().is_err());
}

#[tokio::test]
async fn a_dropped_sandbox_stops_listening_and_closes_idle_connections() {
    let sandbox = started().await;
    let address = sandbox.address();
    let idle = TcpStream::connect(address).await.unwrap();
    Outgoing::upload(&sandbox).send().await;
    drop(sandbox);

    // Readable and empty: the end of the connection.
    idle.readable().await.unwrap();
    assert!(matches!(idle.try_read(&mut [0; 1]), Ok(0) | Err(_)));
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_shut_down_sandbox_closes_idle_connections() {
    let sandbox = started().await;
    let address = sandbox.address();
    let idle = TcpStream::connect(address).await.unwrap();
    Outgoing::upload(&sandbox).send().await;
    sandbox.shutdown().await;
    idle.readable().await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_sandbox_breaks_off_calls_under_way() {
    let sandbox = started().await;
    sandbox.faults().set("upload=delay:2s".parse().unwrap());
    let upload = tokio::spawn(Outgoing::upload(&sandbox).try_send());
    while sandbox.calls(Call::UploadFileStream) == 0 {
        tokio::task::yield_now().await;
    }
    drop(sandbox);
    assert!(upload.await.unwrap().is_err());
}
