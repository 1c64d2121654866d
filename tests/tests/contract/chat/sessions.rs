//! The fields by which the lines of one chat can be found.

use gateway_tests::{Platform, log_lines};
use serde_json::{Value, json};

use super::{Chat, call, json_answer};

const KEY: (&str, &str) = ("LOG_SESSION_KEY", "a-key-of-sixteen-or-more");

/// The line of a call whose response replaces the session token.
async fn line(settings: &[(&str, &str)], status: u16) -> Value {
    let chat = Chat::start(Platform::Http, settings).await;
    let answer = json_answer(status, &json!({"resultCode": "0"}));
    let answer = answer.insert_header("ccmessaging-token", "rotated-token-of-the-test");
    let request = call("poll").with("x-request-id", "id-of-the-caller");
    chat.send("poll", &request, answer).await;
    let log = chat.gateway.stop().await;
    assert!(!log.contains("token-of-the-test"), "{log}");
    log_lines(&log, "chat call").remove(0)
}

#[tokio::test]
async fn a_line_names_its_session_and_the_one_that_replaces_it() {
    let first = line(&[KEY], 200).await;
    assert_eq!(first["level"], "INFO");
    assert_eq!(first["caller_request_id"], "id-of-the-caller");
    let session = first["session"].as_str().expect("a session");
    assert_eq!(session.len(), 16);
    assert!(first["next_session"].is_string(), "{first}");
    assert_ne!(first["next_session"], session);
    // Another instance with the same key.
    assert_eq!(line(&[KEY], 200).await["session"], session);
}

#[tokio::test]
async fn a_failure_of_the_upstream_is_a_warning_and_without_a_key_no_session_is_logged() {
    let failed = line(&[], 500).await;
    assert_eq!(failed["level"], "WARN");
    assert_eq!(failed.get("session"), None, "{failed}");
    assert_eq!(failed.get("next_session"), None, "{failed}");
}
