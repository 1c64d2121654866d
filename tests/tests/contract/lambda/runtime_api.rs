//! The start, the end, and a runtime API that does not do its part.

use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use gateway_tests::{
    ClosedPort, Platform, Script, ScriptedUpstream, Step, http_answer, upstream_storing,
};
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
async fn a_response_that_the_runtime_api_rejects_ends_only_its_invocation() {
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

/// An answer of `/next` with an event.
fn next() -> Step {
    let headers = "lambda-runtime-aws-request-id: 1\r\nlambda-runtime-deadline-ms: 0\r\n";
    Step::Write(http_answer(200, headers, event().to_string()))
}

#[tokio::test]
async fn a_connection_that_is_lost_while_an_answer_is_posted_ends_only_its_invocation() {
    let upstream = upstream_storing().await;
    // Every event is handed out on a connection that ends in the middle of the answer.
    let steps = [Step::ReadHead, next(), Step::ReadBytes(1), Step::Reset];
    let runtime = ScriptedUpstream::start(Script::new(steps)).await;
    let address = runtime.address().to_string();
    let uri = upstream.uri();
    let settings = [
        ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", "upload"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("UPSTREAM_BASE_URL", uri.as_str()),
    ];
    let mut command = tokio::process::Command::new(crate::PROGRAM);
    command.env_clear().envs(settings).kill_on_drop(true);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut program = command.spawn().expect("the program must start");
    runtime.until_over(8).await;
    let ended = program.try_wait().expect("a process");
    assert!(ended.is_none(), "{ended:?}");
}

#[tokio::test]
async fn an_invalid_client_context_does_not_end_the_instance() {
    let service = storing(Platform::Lambda, &[]).await;
    let runtime = service.gateway.runtime();
    for client_context in ["{", "[]", "{\"client\": 7}", "{\"custom\": {\"a\": 1}}"] {
        for _ in 0..3 {
            runtime.send_with_client_context(&event(), client_context);
        }
        store(&service.gateway, &event()).await;
    }
}

#[tokio::test]
async fn what_the_runtime_api_never_answers_ends_the_program_with_a_sentence() {
    let statuses = [302, 403, 500].map(|status| http_answer(status, "", ""));
    let no_headers = http_answer(200, "", event().to_string());
    let no_deadline = http_answer(200, "lambda-runtime-aws-request-id: 1\r\n", "{}");
    for answer in statuses.into_iter().chain([no_headers, no_deadline]) {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let script = Script::new([Step::ReadHead, Step::Write(answer), Step::Wait]);
        let runtime = ScriptedUpstream::start(script).await;
        let address = runtime.address().to_string();
        let started = move || start(&address, "https://service.example.com");
        let ended = tokio::task::spawn_blocking(started).await;
        let (code, said) = ended.expect("no panic");
        assert_eq!(code, Some(1), "{shown} {said}");
        assert_eq!(said.lines().count(), 1, "{shown} {said}");
        assert!(
            said.starts_with("bootstrap: the Lambda runtime API"),
            "{said}"
        );
    }
}

#[test]
fn a_runtime_api_that_cannot_be_reached_ends_the_program_with_code_1() {
    let nobody = ClosedPort::reserve();
    let (code, said) = start(&nobody.address(), "https://service.example.com");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("bootstrap: "), "{said}");
    assert!(said.contains("failed 5 times"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
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
