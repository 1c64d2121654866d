//! The command `serve`, which is also what the program does without a command.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::http::{client, get, json};
use crate::program::{Running, ccmessaging, environment, project, run};
use ccmessaging_sandbox::{Call, Fault, FaultPlan, Sandbox};
use reqwest::blocking::Response;
use serde_json::Value;

const ANYWHERE: [&str; 2] = ["--listen", "127.0.0.1:0"];

/// Runs a printed command and returns the response.
fn run_in_shell(command: &str) -> Value {
    // Without a proxy, a locale or settings of curl from this machine's environment.
    let path = std::env::var_os("PATH").expect("a search path");
    let output = Command::new("sh")
        .args(["-c", command])
        .env_clear()
        .env("PATH", path)
        .output()
        .expect("a shell starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    serde_json::from_slice(&output.stdout).expect("a response in JSON")
}

fn upload(gateway: &str, token: &str) -> Response {
    client()
        .post(format!("{gateway}/apiaccess/ccmessaging/uploadFileStream"))
        .header("ccmessaging-token", token)
        .header("content-type", "application/json")
        .body(r#"{"fileType":"txt","fileStream":"aGVsbG8=","channel":"WEB"}"#)
        .send()
        .expect("the gateway answers")
}

#[test]
fn printed_command_uploads_an_image() {
    let mut serve = Running::start(ccmessaging(["serve"]).args(ANYWHERE));
    let gateway = serve.line("gateway:");
    let command = format!("curl {}", serve.line("curl "));

    let answer = run_in_shell(&command);

    assert_eq!(answer["returnCode"], "0");
    let object_key = answer["objectKey"].as_str().expect("an object key");
    let stored = get(format!("{gateway}/stored-files/{object_key}"));
    assert_eq!(stored.headers()["content-type"], "image/png");
    assert_eq!(upload(&gateway, "another").status().as_u16(), 401);
}

#[test]
fn page_gets_sessions_and_only_runs_its_own_files() {
    let mut serve = Running::start(&mut ccmessaging(ANYWHERE));
    let gateway = serve.line("gateway:");
    assert_eq!(serve.line("page:"), format!("{gateway}/"));

    for (path, media_type) in [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
        ("/page-texts.js", "text/javascript"),
        ("/customer.js", "text/javascript"),
        ("/desk.js", "text/javascript"),
        ("/dom.js", "text/javascript"),
        ("/network.js", "text/javascript"),
        ("/web/element.js", "text/javascript"),
        ("/web/index.js", "text/javascript"),
        ("/web/messages/pt-BR.js", "text/javascript"),
        ("/favicon.svg", "image/svg+xml"),
        ("/openapi.json", "application/json"),
    ] {
        let response = get(format!("{gateway}{path}"));
        assert_eq!(response.status().as_u16(), 200, "{path}");
        let header = |name| response.headers()[name].to_str().expect("text").to_owned();
        assert!(header("content-type").starts_with(media_type), "{path}");
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        assert!(!header("content-security-policy").contains("unsafe"));
        assert_eq!(header("x-content-type-options"), "nosniff");
    }

    let session = json(get(format!("{gateway}/session")));
    let token = session["token"].as_str().expect("a token");
    assert_eq!(json(upload(&gateway, token))["returnCode"], "0");
}

#[test]
fn every_module_of_the_browser_package_is_served() {
    let mut serve = Running::start(&mut ccmessaging(ANYWHERE));
    let gateway = serve.line("gateway:");
    let package = project().join("web");
    for folder in ["src", "src/element", "messages"] {
        for entry in std::fs::read_dir(package.join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "js") {
                continue;
            }
            let name = path.file_name().and_then(|name| name.to_str());
            let url = format!("{gateway}/web/{folder}/{}", name.expect("a name"));
            let module = get(url.clone()).text().expect("a module");
            assert_eq!(
                module,
                std::fs::read_to_string(path).expect("a file"),
                "{url}"
            );
        }
    }
}

#[test]
fn stored_files_are_listed_and_cannot_run_scripts() {
    let mut serve = Running::start(&mut ccmessaging(ANYWHERE));
    let gateway = serve.line("gateway:");
    assert_eq!(
        json(get(format!("{gateway}/stored-files"))),
        Value::Array(vec![])
    );
    let session = json(get(format!("{gateway}/session")));
    let token = session["token"].as_str().expect("a token");
    let object_key = json(upload(&gateway, token))["objectKey"].clone();

    let files = json(get(format!("{gateway}/stored-files")));
    assert_eq!(files[0]["objectKey"], object_key);
    assert_eq!(files[0]["fileType"], "txt");
    assert_eq!(files[0]["bytes"], 5);
    assert!(files[0]["storedAt"].is_u64(), "{files}");

    let object_key = object_key.as_str().expect("a text");
    let file = get(format!("{gateway}/stored-files/{object_key}"));
    assert_eq!(file.headers()["content-type"], "text/plain");
    assert_eq!(file.headers()["x-content-type-options"], "nosniff");
    let policy = file.headers()["content-security-policy"].to_str();
    assert!(policy.expect("text").ends_with("sandbox"));
    assert_eq!(file.text().expect("a text"), "hello");
    let unknown = get(format!("{gateway}/stored-files/7f0c"));
    assert_eq!(unknown.status().as_u16(), 404);
}

#[test]
fn faults_reach_the_simulated_upstream() {
    let fault = Fault::status(400).body(r#"{"returnCode":"3","of":"the plan"}"#);
    let plan = FaultPlan::from(fault.on(Call::UploadFileStream));
    let plan = serde_json::to_string(&plan).expect("JSON");
    let mut serve = Running::start(ccmessaging(ANYWHERE).args(["--faults", &plan]));
    let gateway = serve.line("gateway:");
    let session = json(get(format!("{gateway}/session")));
    let answer = upload(&gateway, session["token"].as_str().expect("a token"));
    assert_eq!(answer.status().as_u16(), 400);
    assert_eq!(json(answer)["of"], "the plan");
}

#[test]
fn rotated_token_is_forwarded() {
    let mut serve = Running::start(ccmessaging(ANYWHERE).args(["--rotation", "every-call-strict"]));
    let gateway = serve.line("gateway:");
    let session = json(get(format!("{gateway}/session")));
    let first = session["token"].as_str().expect("a token").to_owned();

    let answer = upload(&gateway, &first);
    let second = answer.headers()["ccmessaging-token"]
        .to_str()
        .expect("text")
        .to_owned();

    assert_ne!(first, second);
    assert_eq!(upload(&gateway, &first).status().as_u16(), 401);
    assert_eq!(upload(&gateway, &second).status().as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn configured_upstream_is_used_without_page_or_tokens() {
    let sandbox = Sandbox::builder()
        .app_secret("a-secret-that-nobody-prints")
        .start()
        .await
        .expect("a sandbox");
    let token = sandbox.issue_session_token();
    let ended = tokio::task::block_in_place(|| {
        let mut serve = Running::start(
            ccmessaging(ANYWHERE)
                .envs(environment(&sandbox))
                .env("LOG_LEVEL", "trace"),
        );
        let gateway = serve.line("gateway:");
        assert!(
            serve
                .line("curl ")
                .contains("\"ccmessaging-token: $CCMESSAGING_TOKEN\"")
        );
        for path in [
            "/",
            "/session",
            "/chat/session",
            "/desk/conversations",
            "/stored-files",
            "/web/element.js",
        ] {
            let response = get(format!("{gateway}{path}"));
            assert_eq!(response.status().as_u16(), 404, "{path}");
        }
        assert_eq!(json(upload(&gateway, &token))["returnCode"], "0");
        serve.stop()
    });

    assert_eq!(sandbox.calls(Call::UploadFileStream), 1);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("outcome=\"stored\""));
    for secret in [sandbox.app_secret(), &token, "aGVsbG8"] {
        assert!(!ended.all().contains(secret));
    }
}

#[test]
fn address_in_use_has_exit_code_2() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let ended = run(&mut ccmessaging(["--listen", &address]));
    assert_eq!(ended.code, Some(2));
    assert!(
        ended
            .stderr
            .contains(&format!("cannot listen on {address}"))
    );
}

#[test]
fn listen_accepts_ports_and_host_names_and_rejects_anything_else() {
    for listen in ["0", "localhost:0"] {
        let mut serve = Running::start(&mut ccmessaging(["serve", "--listen", listen]));
        let gateway = serve.line("gateway:");
        assert!(gateway.starts_with("http://127.0.0.1:"), "{gateway}");
    }
    let mut serve = Running::start(ccmessaging(["serve"]).env("LISTEN_ADDRESS", "localhost:0"));
    assert!(serve.line("gateway:").starts_with("http://127.0.0.1:"));

    for listen in ["", "nowhere", "example.com:80", "70000"] {
        let ended = run(&mut ccmessaging(["serve", "--listen", listen]));
        assert_eq!(ended.code, Some(2), "{listen}");
        let expected = "it must be an address and port, such as 127.0.0.1:8000, or 8000";
        assert!(ended.stderr.contains(expected), "{}", ended.stderr);
    }
}

#[test]
fn settings_without_effect_are_reported() {
    let mut serve = Running::start(
        ccmessaging(ANYWHERE)
            .env("MAX_BODY_BYTE", "1000")
            .env("METRICS_ADDRESS", "127.0.0.1:0"),
    );
    serve.line("gateway:");
    let ended = serve.stop();
    for warning in [
        "did you mean MAX_BODY_BYTES?",
        "METRICS_ADDRESS has no effect here; run `cargo run -p upload-file-stream`",
    ] {
        assert!(ended.stderr.contains(warning), "{}", ended.stderr);
    }
}

#[test]
fn variables_that_configure_no_chat_leave_the_chat_enabled() {
    let mut serve = Running::start(
        ccmessaging(ANYWHERE)
            .env("CHAT_FOO", "1")
            .env("CHAT_CALLS", ""),
    );
    let gateway = serve.line("gateway:");
    // It needs a ticket.
    let poll = get(format!("{gateway}/apiaccess/ccmessaging/poll"));
    assert_ne!(poll.status().as_u16(), 404);
}

#[test]
fn without_free_descriptors_the_error_names_the_cause() {
    let program = env!("CARGO_BIN_EXE_ccmessaging");
    let mut failures = 0;
    for limit in 6..24 {
        let script = format!("ulimit -n {limit}; exec {program} serve --listen 127.0.0.1:0");
        let mut serve = Running::start(
            Command::new("sh")
                .args(["-c", &script])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped()),
        );
        if serve.is_silent() {
            failures += 1;
            let ended = serve.end();
            let expected = "Too many open files";
            assert!(ended.stderr.contains(expected), "{limit}: {}", ended.stderr);
            assert!(
                !ended.stderr.contains("output"),
                "{limit}: {}",
                ended.stderr
            );
        }
    }
    assert!(failures > 0);
}

/// Starts a gateway with an upload in flight, which lasts until the connection is closed.
fn with_an_upload_in_flight() -> (Running, TcpStream) {
    let mut serve = Running::start(&mut ccmessaging(ANYWHERE));
    let gateway = serve.line("gateway:");
    let session = json(get(format!("{gateway}/session")));
    let token = session["token"].as_str().expect("a token");
    let address = gateway.trim_start_matches("http://");
    let mut upload = TcpStream::connect(address).expect("a connection");
    write!(
        upload,
        "POST /apiaccess/ccmessaging/uploadFileStream HTTP/1.1\r\nHost: {address}\r\n\
         ccmessaging-token: {token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\
         Expect: 100-continue\r\n\r\n"
    )
    .expect("the gateway reads");
    let mut answer = [0; 12];
    upload.read_exact(&mut answer).expect("an interim answer");
    assert_eq!(&answer, b"HTTP/1.1 100");
    (serve, upload)
}

#[test]
fn second_interrupt_aborts_requests_in_flight() {
    let (mut serve, _upload) = with_an_upload_in_flight();
    serve.interrupt();
    let line = serve.error_line("stopping: ");
    assert!(line.contains("requests in flight get up to 30 s"), "{line}");
    assert!(line.contains("Ctrl-C again ends them"), "{line}");
    serve.interrupt();
    let ended = serve.end();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains(r#"outcome="abandoned""#),
        "{}",
        ended.stderr
    );
}

#[test]
fn stopping_ends_with_the_last_request_in_flight() {
    let (mut serve, upload) = with_an_upload_in_flight();
    serve.interrupt();
    serve.error_line("stopping: ");
    drop(upload);
    assert_eq!(serve.end().code, Some(0));
}

#[test]
fn incomplete_configuration_is_rejected() {
    let ended = run(ccmessaging(["serve"]).env("APP_SECRET", "hush"));
    assert_eq!(ended.code, Some(2));
    assert!(
        ended
            .stderr
            .contains("APP_SECRET is set, but UPSTREAM_BASE_URL is not")
    );
    assert!(!ended.all().contains("hush"));
}

#[test]
fn simulator_options_do_not_go_with_a_real_upstream() {
    let ended =
        run(ccmessaging(["--faults", "[]"]).env("UPSTREAM_BASE_URL", "https://upstream.invalid"));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("add --sandbox"));
}

#[test]
fn invalid_fault_plans_are_rejected_with_the_reason() {
    let ended = run(&mut ccmessaging(["--faults", r#"[{"fault":"sttus"}]"#]));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("unknown variant"), "{}", ended.stderr);
    assert!(ended.stderr.contains("`status`"), "{}", ended.stderr);
}
