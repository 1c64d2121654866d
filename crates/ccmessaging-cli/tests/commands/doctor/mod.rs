//! The command `doctor`: a test for each problem that it detects.

mod chat;
mod tls;

use ccmessaging_sandbox::{Call, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};

use crate::program::{Ended, ccmessaging, environment, run};

async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.expect("a sandbox")
}

/// Returns a socket that is bound but does not listen, so that its port refuses connections while the
/// socket is open, and its URL.
pub(crate) fn refusing_port() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(([127, 0, 0, 1], 0).into())
        .expect("a free port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    (socket, url)
}

/// Runs `doctor` with these variables.
fn doctor(vars: &[(&str, &str)]) -> Ended {
    tokio::task::block_in_place(|| {
        run(ccmessaging(["doctor", "--channel-id", "channel"]).envs(vars.iter().copied()))
    })
}

/// Runs `doctor` for an upstream at this URL with an unknown key.
fn doctor_at(url: &str) -> Ended {
    doctor(&[
        ("UPSTREAM_BASE_URL", url),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ])
}

/// Returns the line of a step.
fn line<'a>(ended: &'a Ended, step: &str) -> &'a str {
    let about = format!("{step}: ");
    let mut lines = ended.stdout.lines();
    lines
        .find(|line| {
            let verdict_and_rest = line.split_once(' ');
            verdict_and_rest.is_some_and(|(_, rest)| rest.trim_start().starts_with(&about))
        })
        .unwrap_or_else(|| panic!("nothing about {step} in:\n{}", ended.all()))
}

/// Asserts that only this step failed, with these words and a remedy.
fn assert_wrong(ended: &Ended, step: &str, words: &str) {
    assert_eq!(ended.code, Some(1), "{}", ended.all());
    let wrong: Vec<_> = ended
        .stdout
        .lines()
        .filter(|line| line.starts_with("wrong"))
        .collect();
    assert_eq!(wrong, [line(ended, step)], "{}", ended.all());
    assert!(wrong[0].contains(words), "{}", wrong[0]);
    for of_a_programmer in ["DnsName", "Error(", "Context", "CaUsed"] {
        assert!(!ended.stdout.contains(of_a_programmer), "{}", ended.stdout);
    }
    assert!(ended.stdout.contains("remedy: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn valid_configuration_has_exit_code_0_and_stores_nothing() {
    let sandbox = sandbox().await;
    let vars = environment(&sandbox);
    let vars = vars.each_ref().map(|(name, value)| (*name, value.as_str()));
    let ended = doctor(&vars);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    for step in ["configuration", "TCP", "key", "session", "path"] {
        assert!(line(&ended, step).starts_with("ok"), "{step}");
    }
    assert_eq!(sandbox.calls(Call::UploadFileStream), 1);
    assert!(sandbox.uploads().is_empty());
    assert!(!ended.all().contains(sandbox.app_secret()));
}

#[test]
fn invalid_configuration_has_a_remedy() {
    let ended = run(&mut ccmessaging(["doctor"]));
    assert_wrong(&ended, "configuration", "UPSTREAM_BASE_URL is not set");
    assert!(
        ended
            .stdout
            .contains("remedy: set it to the contact centre's address")
    );

    let ended = doctor(&[
        ("UPSTREAM_BASE_URL", "https://x.invalid"),
        ("APP_KEY", "key"),
    ]);
    assert_wrong(&ended, "configuration", "APP_SECRET");
}

#[test]
fn unreadable_certificates_have_a_remedy() {
    for file in ["no-such-file.pem", "Cargo.toml"] {
        let ended = run(ccmessaging(["doctor"])
            .env("UPSTREAM_BASE_URL", "https://127.0.0.1:1")
            .env("UPSTREAM_CA_FILE", file));
        assert_wrong(&ended, "certificates", file);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_host_fails_the_dns_step() {
    // Longer than a valid label (RFC 1035 section 2.3.4), so that no name server is queried.
    let host = format!("{}.invalid", "a".repeat(64));
    let ended = doctor_at(&format!("https://{host}"));
    assert_wrong(&ended, "DNS", &format!("{host} has no address"));
    assert!(line(&ended, "path").starts_with("skipped"));
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_port_fails_the_tcp_step() {
    let (_socket, url) = refusing_port();
    let ended = doctor_at(&url);
    assert_wrong(&ended, "TCP", "refuses connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_secret_fails_the_key_step_and_is_not_printed() {
    let sandbox = sandbox().await;
    let ended = doctor(&[
        ("UPSTREAM_BASE_URL", &sandbox.base_url()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", "wrong-but-still-secret"),
    ]);
    assert_wrong(&ended, "key", "rejects the app key or its secret");
    assert!(!ended.all().contains("wrong-but-still-secret"));
    assert!(line(&ended, "path").starts_with("ok"));
}

#[tokio::test(flavor = "multi_thread")]
async fn token_service_at_another_address_is_checked_too() {
    let sandbox = sandbox().await;
    let (_socket, nowhere) = refusing_port();
    let ended = doctor(&[
        ("UPSTREAM_BASE_URL", &sandbox.base_url()),
        ("TOKEN_BASE_URL", &nowhere),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", sandbox.app_secret()),
    ]);
    assert_wrong(&ended, "TCP (token service)", "refuses connections");
    assert!(line(&ended, "TCP").starts_with("ok"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_path_is_reported_for_both_calls() {
    let sandbox = sandbox().await;
    let ended = doctor(&[
        ("UPSTREAM_BASE_URL", &format!("{}/v2", sandbox.base_url())),
        ("TOKEN_BASE_URL", &sandbox.base_url()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", sandbox.app_secret()),
    ]);
    assert_eq!(ended.code, Some(1));
    assert!(line(&ended, "key").starts_with("ok"));
    for (step, call) in [("session", "applyToken"), ("path", "uploadFileStream")] {
        let expected = format!("{call} is not at the path");
        assert!(line(&ended, step).starts_with("wrong"));
        assert!(line(&ended, step).contains(&expected));
    }
    assert!(ended.stdout.contains("check the path in UPSTREAM_BASE_URL"));
}

#[test]
fn rejected_session_is_reported_with_its_code() {
    let fault = r#"[{"call":"applyToken","fault":{"status":{"code":200,"body":"{\"resultCode\":\"3\"}"}}}]"#;
    let ended = run(&mut ccmessaging(["doctor", "--sandbox", "--faults", fault]));
    assert_wrong(&ended, "session", "status 200, result code 3");
}

#[test]
fn web_page_instead_of_the_api_is_reported() {
    let arguments = [
        "doctor",
        "--sandbox",
        "--faults",
        r#"[{"call":"uploadFileStream","fault":"html"}]"#,
    ];
    let ended = run(&mut ccmessaging(arguments));
    assert_wrong(&ended, "path", "not the documented JSON");
}

#[test]
fn rejected_tokens_are_reported() {
    let arguments = ["doctor", "--sandbox", "--session-token", "an-old-token"];
    let ended = run(&mut ccmessaging(arguments));
    assert_wrong(&ended, "path", "rejects the credentials (status 401)");
    assert!(!ended.all().contains("an-old-token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_app_key_skips_only_the_key_step() {
    let sandbox = sandbox().await;
    let ended = doctor(&[("UPSTREAM_BASE_URL", &sandbox.base_url())]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert!(line(&ended, "key").starts_with("skipped"));
    assert!(line(&ended, "path").contains("requires credentials"));
    assert!(ended.stdout.contains("not checked: session"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_leaves_others_unchecked_in_the_summary() {
    let (_socket, url) = refusing_port();
    let ended = doctor_at(&url);
    let summary = "summary: wrong: TCP; not checked: key, session, path";
    assert!(ended.stdout.contains(summary), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn misspelt_settings_and_ports_in_use_are_warnings() {
    let sandbox = sandbox().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let ended = doctor(&[
        ("UPSTREAM_BASE_URL", &sandbox.base_url()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", sandbox.app_secret()),
        ("LISTEN_ADDRESS", &address),
        ("MAX_BODY_BYTE", "1"),
        ("HTTPS_PROXY", "http://proxy.example.com:3128"),
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    for words in [
        "MAX_BODY_BYTE; did you mean MAX_BODY_BYTES?",
        "HTTPS_PROXY has no effect",
        "is in use",
    ] {
        let mut lines = ended.stdout.lines();
        let line = lines.find(|line| line.contains(words)).expect(words);
        assert!(line.starts_with("warning"), "{line}");
    }
    assert!(ended.stdout.contains("summary: warnings only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ports_that_conflict_are_wrong() {
    let ended = doctor(&[
        ("UPSTREAM_BASE_URL", "https://service.example.com"),
        ("LISTEN_ADDRESS", "127.0.0.1:8000"),
        ("METRICS_ADDRESS", "0.0.0.0:8000"),
    ]);
    assert_wrong(&ended, "configuration", "METRICS_ADDRESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scanner_is_checked() {
    let sandbox = sandbox().await;
    let vars = environment(&sandbox);
    let mut vars = vars
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()))
        .to_vec();
    let (_socket, nowhere) = refusing_port();
    let nowhere = nowhere.replace("http://", "tcp://");
    vars.push(("SCAN_CLAMD", &nowhere));
    let ended = doctor(&vars);
    assert_wrong(&ended, "scanner", "cannot connect to the scanner");

    let address = clamd().await;
    vars.pop();
    vars.push(("SCAN_CLAMD", &address));
    let ended = doctor(&vars);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert!(line(&ended, "scanner").starts_with("ok"));
}

/// Starts a scanner that finds nothing, and returns its address.
async fn clamd() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut received = Vec::new();
            // The file ends with a chunk of no bytes.
            while !received.ends_with(&[0; 4]) && client.read_buf(&mut received).await.is_ok() {}
            let written = client.write_all(b"stream: OK\0").await;
            written.expect("an open connection");
        }
    });
    format!("tcp://{address}")
}
