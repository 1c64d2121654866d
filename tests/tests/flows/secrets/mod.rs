//! No secret is ever printed, in any mode, on any platform, in any format, for any outcome and at any log
//! level.

mod scan;

use ccmessaging_sandbox::{Call, Fault, FaultPlan, FaultRule, RotationPolicy, Sandbox};
use futures_util::future::join_all;
use gateway_tests::{Form, Gateway, Platform, Request, json_lines, sample};
use serde_json::json;

use crate::{PROGRAM, fail, from_browser, managed_gateway, sandbox};
use scan::{Secrets, longest_run_of_hex};

/// As much output as anybody can ask for.
const LOUDEST: [(&str, &str); 5] = [
    ("LOG_LEVEL", "trace"),
    ("RUST_LOG", "trace"),
    ("RUST_BACKTRACE", "full"),
    ("RUST_LIB_BACKTRACE", "1"),
    ("METRICS_NAMESPACE", "Chat/Uploads"),
];

/// A text without white space, no 16 bytes of which are in any other text.
const LETTER: &str = "Dear*Friend,this/is+what~nobody@but-you_may!read:8Xq2vLw0ZkT5rJm9Yc3HdNf7";

/// The caller's own credentials in the requests of the tests.
const CALLERS: [(&str, &str); 3] = [
    ("the caller's access token", "access-token-of-the-test"),
    ("the caller's app key", "app-key-of-the-test"),
    (
        "a header that is not the gateway's",
        "session-cookie-of-a-page",
    ),
];

/// Requests in every format, and a request for every rejection.
fn requests() -> Vec<Request> {
    let png = sample("rgb.png");
    let letter = LETTER.as_bytes();
    let misplaced = |file_type: &str, file_stream: &str, channel: &str| {
        Request::json(&json!({
            "fileType": file_type, "fileStream": file_stream, "channel": channel,
        }))
    };
    vec![
        Request::upload("txt", letter),
        Request::upload("png", &png),
        Request::raw("image/png", &png),
        Request::raw("text/plain", letter),
        Form::new()
            .file("letter.txt", "text/plain", letter)
            .request(),
        // Not what it is declared to be.
        Request::upload("jpg", letter),
        Request::upload("txt", &png),
        Form::new()
            .file("photo.jpg", "image/jpeg", letter)
            .request(),
        // Not Base64, not JSON, not a form, the content in the wrong field.
        misplaced("txt", LETTER, "WEB"),
        misplaced(LETTER, "YQ==", "WEB"),
        misplaced("txt", "YQ==", LETTER),
        misplaced("txt", &format!("data:{LETTER};base64,YQ=="), "WEB"),
        Request::new(letter),
        Request::new(format!("{{\"{LETTER}\":1,\"{LETTER}\":2}}")),
        Request::new(format!("{{\"fileType\":{LETTER}")),
        Form::request_of(letter),
        Form::new().part(&format!("{LETTER}: x"), letter).request(),
        // Refused by their heads.
        Request::raw(&format!("image/{}", &LETTER[..11]), letter),
        Request::upload("txt", letter).without("authorization"),
        Request::upload("txt", letter).path("/unknown"),
    ]
}

/// A request of a page, with a session token and more headers than it should send.
fn dressed(request: Request, session_token: &str) -> Request {
    let query = format!("{}?token={session_token}", request.path);
    request
        .with("ccmessaging-token", session_token)
        .with("cookie", "session=session-cookie-of-a-page")
        .path(&query)
}

async fn rotating_sandbox(plan: impl Into<FaultPlan>) -> Sandbox {
    let sandbox = Sandbox::builder()
        .app_secret("app-secret-of-the-sandbox")
        .rotate_session_token(RotationPolicy::every_call())
        .start()
        .await
        .expect("the sandbox starts");
    fail(&sandbox, plan);
    sandbox
}

/// What no log of a gateway in front of this sandbox may hold.
fn secrets(sandbox: &Sandbox) -> Secrets {
    let secrets = Secrets::default()
        .with("the app secret", sandbox.app_secret())
        .with("the letter", LETTER)
        .with("the picture", sample("rgb.png"));
    CALLERS
        .into_iter()
        .fold(secrets, |secrets, (name, secret)| {
            secrets.with(name, secret)
        })
}

/// Sends requests, and returns all that the gateway printed.
async fn log_of(
    gateway: Gateway,
    sandbox: &Sandbox,
    requests: Vec<Request>,
    mut secrets: Secrets,
) -> (String, Secrets) {
    for request in requests {
        let token = sandbox.issue_session_token();
        let answer = gateway.send(&dressed(request, &token)).await;
        if let Some(rotated) = answer.header("ccmessaging-token") {
            secrets = secrets.with("a rotated session token", rotated);
        }
        secrets = secrets.with("a session token", token);
    }
    (gateway.stop().await, secrets)
}

fn assert_clean(log: &str, secrets: &Secrets, case: &str) {
    assert!(log.contains("upload"), "{case}: nothing was logged");
    secrets.assert_absent(log, case);
    assert!(
        longest_run_of_hex(log) <= 32,
        "{case}: a token is in the log:\n{log}"
    );
    for line in json_lines(log) {
        let target = line["target"].as_str().unwrap_or("upload_file_stream");
        let level = line["level"].as_str().unwrap_or_default();
        let is_own = ["ccmessaging_gateway", "upload_file_stream"]
            .iter()
            .any(|own| target.starts_with(own));
        assert!(
            is_own || ["WARN", "ERROR"].contains(&level),
            "{case}: {line}"
        );
    }
}

#[tokio::test]
async fn no_format_or_rejection_leaks_a_secret_to_the_log() {
    // Over HTTP, the tests parse the line with the address as JSON.
    let places = [
        (Platform::Http, "json"),
        (Platform::Lambda, "json"),
        (Platform::Lambda, "text"),
    ];
    for (platform, format) in places {
        for mode in ["managed", "preferred", "pass-through"] {
            let sandbox = rotating_sandbox([]).await;
            let settings = [&LOUDEST[..], &[("LOG_FORMAT", format)]].concat();
            let gateway = gateway(mode, platform, &sandbox, &settings).await;
            let secrets = secrets(&sandbox);
            let (log, secrets) = log_of(gateway, &sandbox, requests(), secrets).await;
            assert_clean(&log, &secrets, &format!("{mode}, {platform:?}, {format}"));
        }
    }
}

#[tokio::test]
async fn no_upstream_failure_leaks_a_secret_to_the_log() {
    let plans = [
        Fault::status(500).on(Call::TokenByAkSk),
        Fault::status(401).on(Call::TokenByAkSk),
        Fault::html().on(Call::TokenByAkSk),
        Fault::garbage().on(Call::TokenByAkSk),
        Fault::reset_mid_body().on(Call::TokenByAkSk),
        Fault::truncate().on(Call::TokenByAkSk),
        Fault::status(403).on(Call::UploadFileStream).nth(1),
        Fault::status(401).on(Call::UploadFileStream),
        Fault::status(503).on(Call::UploadFileStream),
        Fault::html().on(Call::UploadFileStream),
        Fault::garbage().on(Call::UploadFileStream),
        Fault::status(307)
            .location("/redirected")
            .on(Call::UploadFileStream),
        Fault::reset().on(Call::UploadFileStream),
        Fault::reset_mid_body().on(Call::UploadFileStream),
        Fault::truncate().on(Call::UploadFileStream),
    ];
    for platform in Platform::ALL {
        let judge = async |rule: FaultRule| {
            let plan = format!("{rule:?}");
            let sandbox = rotating_sandbox(rule).await;
            let gateway = gateway("managed", platform, &sandbox, &LOUDEST).await;
            let requests = vec![Request::upload("txt", LETTER.as_bytes()); 2];
            let secrets = secrets(&sandbox);
            let (log, secrets) = log_of(gateway, &sandbox, requests, secrets).await;
            assert_clean(&log, &secrets, &format!("{plan}, {platform:?}"));
        };
        join_all(plans.clone().map(judge)).await;
    }
}

/// Starts the real program in a mode: with its own credentials, preferred or not, or without any.
async fn gateway(
    mode: &str,
    platform: Platform,
    sandbox: &Sandbox,
    settings: &[(&str, &str)],
) -> Gateway {
    if mode == "pass-through" {
        let url = sandbox.base_url();
        let settings = [&[("UPSTREAM_BASE_URL", url.as_str())], settings].concat();
        return Gateway::start(PROGRAM, platform, &settings).await;
    }
    let caller = if mode == "preferred" { mode } else { "ignored" };
    let settings = [settings, &[("CALLER_CREDENTIALS", caller)]].concat();
    managed_gateway(platform, sandbox, &settings).await
}

#[tokio::test]
async fn passwords_in_urls_are_not_printed() {
    let sound = "https://service.example.com";
    let spoilt = "https://operator:password-in-an-address@service.example.com";
    let secrets = Secrets::default().with("the password", "password-in-an-address");
    for (upstream, tokens) in [(spoilt, sound), (sound, spoilt)] {
        let output = tokio::process::Command::new(PROGRAM)
            .env_clear()
            .envs(LOUDEST)
            .envs([("UPSTREAM_BASE_URL", upstream), ("TOKEN_BASE_URL", tokens)])
            .output()
            .await
            .expect("it starts");
        assert_eq!(output.status.code(), Some(2));
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        assert!(printed.contains("BASE_URL"), "{printed}");
        secrets.assert_absent(&printed, "a URL with a password");
    }
}

#[tokio::test]
async fn wrong_secret_is_not_printed_to_the_caller_or_the_log() {
    let (sandbox, _clock) = sandbox().await;
    let settings = [("APP_SECRET", "mistyped-secret")];
    let gateway = managed_gateway(Platform::Http, &sandbox, &settings).await;
    let answer = gateway.send(&from_browser("session")).await;
    answer.assert_refused(401, "3", &["app key"]);
    assert!(!answer.text.contains("mistyped"));
    let log = gateway.stop().await;
    assert!(log.contains("rejects the app key"), "{log}");
    assert!(!log.contains("mistyped"), "{log}");
}
