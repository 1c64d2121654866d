//! The start, the end, and a runtime API that does not do its part.

use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;

use gateway_tests::{ClosedPort, Platform};
use http::StatusCode;

use super::{event, store};
use crate::{run, storing};

/// Runs the program under a runtime API: its exit code, and what it printed to standard error.
fn start(runtime_api: &str, upstream: &str) -> (Option<i32>, String) {
    run(&[
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", "upload"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("UPSTREAM_BASE_URL", upstream),
    ])
}

#[tokio::test]
async fn an_answer_that_the_runtime_api_does_not_take_ends_only_its_invocation() {
    let service = storing(Platform::Lambda, &[]).await;
    for status in [
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::GONE,
        StatusCode::BAD_REQUEST,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::ACCEPTED,
    ] {
        service.gateway.runtime().take_answers_with(status);
        store(&service.gateway, &event()).await;
    }
}

#[test]
fn a_runtime_api_that_cannot_be_reached_ends_the_program_with_code_1() {
    let nobody = ClosedPort::reserve();
    let (code, said) = start(&nobody.address(), "https://service.example.com");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("bootstrap: "), "{said}");
}

#[test]
fn a_setting_that_cannot_be_used_ends_the_program_before_it_asks_for_an_invocation() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket option");
    let address = listener.local_addr().expect("an address").to_string();
    let (code, said) = start(&address, "service.example.com");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("UPSTREAM_BASE_URL"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    let connection = listener.accept().map(|_| ());
    let error = connection.expect_err("nobody asked for an invocation");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn sigterm_ends_an_idle_instance_at_once() {
    const SIGTERM: i32 = 15;
    let mut service = storing(Platform::Lambda, &[]).await;
    store(&service.gateway, &event()).await;
    service.gateway.process().terminate();
    assert_eq!(service.gateway.wait().await.signal(), Some(SIGTERM));
}
