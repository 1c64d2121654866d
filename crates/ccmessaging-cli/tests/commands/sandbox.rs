//! The command `sandbox`, and that the other commands work against it.

use crate::program::{Running, ccmessaging, run};

#[test]
fn prints_working_credentials_and_then_every_call() {
    let mut sandbox = Running::start(&mut ccmessaging([
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--app-key",
        "key",
        "--app-secret",
        "open sesame",
    ]));
    let base_url = sandbox.line("UPSTREAM_BASE_URL=");
    assert_eq!(sandbox.line("APP_KEY="), "key");
    assert_eq!(sandbox.line("APP_SECRET="), "open sesame");
    let token = sandbox.line("CCMESSAGING_TOKEN=");

    let sent = run(ccmessaging(["send", "tests/samples/photo.jpg"])
        .env("UPSTREAM_BASE_URL", base_url)
        .env("APP_KEY", "key")
        .env("APP_SECRET", "open sesame")
        .env("CCMESSAGING_TOKEN", token));
    assert_eq!(sent.code, Some(0), "{}", sent.all());

    assert!(sandbox.line("tokenByAkSk").starts_with("200"));
    assert!(sandbox.line("uploadFileStream").starts_with("200 code 0"));
    assert_eq!(sandbox.stop().code, Some(0));
}
