//! The fields by which support finds an upload, its session and its traces elsewhere.

use gateway_tests::{Platform, Request, answering, stored, upload_line};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::gateway;

const KEY: (&str, &str) = ("LOG_SESSION_KEY", "a-key-of-sixteen-or-more");

/// The line of an upload with this response.
async fn line_of(
    platform: Platform,
    settings: &[(&str, &str)],
    request: &Request,
    response: ResponseTemplate,
) -> Value {
    let upstream = answering(response).await;
    let gateway = gateway(platform, &upstream.uri(), settings).await;
    gateway.send(request).await;
    upload_line(&gateway.stop().await)
}

fn failing(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(500)
        .insert_header("x-request-id", "id-of-the-contact-centre")
        .insert_header("ccmessaging-token", "rotated-token-of-the-test")
        .set_body_json(body)
}

/// The line of an upload that the upstream did not store, with everything for support.
pub(super) async fn line_of_failed() -> Value {
    let body = json!({"returnCode": "13", "returnDesc": "the store is full"});
    let request = Request::png().with("x-request-id", "id-of-the-caller");
    line_of(Platform::Http, &[KEY], &request, failing(&body)).await
}

#[tokio::test]
async fn the_line_has_the_upstreams_explanation_and_both_request_identifiers() {
    for platform in Platform::ALL {
        let body = json!({"returnCode": "13", "returnDesc": "the store is full"});
        let request = Request::png().with("x-request-id", "id-of-the-caller");
        let line = line_of(platform, &[], &request, failing(&body)).await;
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["outcome"], "failed_by_upstream");
        assert_eq!(line["upstream_desc"], "the store is full");
        assert_eq!(line["upstream_request_id"], "id-of-the-contact-centre");
        assert_eq!(line["caller_request_id"], "id-of-the-caller");
        assert_ne!(line["request_id"], "id-of-the-caller");
        assert_eq!(line.get("session"), None, "{line}");
        assert_eq!(line.get("next_session"), None, "{line}");
    }
}

#[tokio::test]
async fn an_unusable_response_has_its_request_identifier_in_the_line() {
    let page = ResponseTemplate::new(502)
        .insert_header("x-request-id", "id-of-the-proxy")
        .set_body_string("<html>");
    let line = line_of(Platform::Http, &[], &Request::png(), page).await;
    assert_eq!(line["upstream_request_id"], "id-of-the-proxy");
    assert_eq!(line["reason_code"], "upstream_invalid_answer");
    assert_eq!(line["level"], "WARN");
}

#[tokio::test]
async fn identifiers_that_are_long_or_not_visible_are_left_out() {
    for id in ["", "two words", &"i".repeat(65)] {
        let response = ResponseTemplate::new(200)
            .insert_header("x-request-id", id)
            .set_body_string(stored());
        let request = Request::png().with("x-request-id", id);
        let line = line_of(Platform::Http, &[], &request, response).await;
        assert_eq!(line.get("caller_request_id"), None, "{line}");
        assert_eq!(line.get("upstream_request_id"), None, "{line}");
    }
}

#[tokio::test]
async fn explanations_are_short_and_contain_no_credential_and_no_file() {
    let desc = |text: &str| json!({"returnCode": "13", "returnDesc": text});
    let with_file = format!("fileStream {} is not Base64", "iVBORw0KGgo".repeat(10));
    for (body, expected) in [
        (desc("tab\tand\nline"), json!("tab\tand\nline")),
        (desc(&"word ".repeat(100)), json!("word ".repeat(40))),
        (desc(&with_file), json!("fileStream … is not Base64")),
        (desc("app-key-of-the-test is unknown"), json!(null)),
        (desc("access-token-of-the-test has expired"), json!(null)),
        (desc("session-token-of-the-test has ended"), json!(null)),
        (desc("use rotated-token-of-the-test"), json!(null)),
        (
            json!({"errorCode": "0", "exceptionInfo": "auth fail!"}),
            json!("auth fail!"),
        ),
        (
            json!({"error_code": "APIG.0101", "error_msg": "The API does not exist"}),
            json!("The API does not exist"),
        ),
        (json!({"returnCode": "13", "returnDesc": 5}), json!(null)),
    ] {
        for format in ["json", "text"] {
            let settings = [("LOG_FORMAT", format)];
            let upstream = answering(failing(&body)).await;
            let gateway = gateway(Platform::Lambda, &upstream.uri(), &settings).await;
            gateway.send(&Request::png()).await;
            let log = gateway.stop().await;
            if format == "json" {
                assert_eq!(upload_line(&log)["upstream_desc"], expected, "{body}");
            } else {
                let lines = log.lines().filter(|line| line.contains("outcome="));
                assert_eq!(lines.count(), 1, "{log}");
            }
        }
    }
}

#[tokio::test]
async fn the_lines_of_one_chat_can_be_found_across_instances() {
    let stored = || ResponseTemplate::new(200).set_body_string(stored());
    let first = Request::png().with("ccmessaging-token", "first");
    let second = Request::png().with("ccmessaging-token", "second");
    let rotating = stored().insert_header("ccmessaging-token", "second");
    let line = line_of(Platform::Http, &[KEY], &first, rotating).await;
    let session = line["session"].as_str().expect("a session");
    assert_eq!(session.len(), 16);
    assert!(session.bytes().all(|byte| byte.is_ascii_hexdigit()));
    // Another instance with the same key.
    let again = line_of(Platform::Lambda, &[KEY], &first, stored()).await;
    assert_eq!(again["session"], session);
    assert_eq!(again.get("next_session"), None, "{again}");
    // The chat's next upload carries the rotated token.
    let next = line_of(Platform::Http, &[KEY], &second, stored()).await;
    assert_ne!(next["session"], session);
    assert_eq!(line["next_session"], next["session"]);
    let other_key = ("LOG_SESSION_KEY", "another-key-of-sixteen");
    let other = line_of(Platform::Http, &[other_key], &first, stored()).await;
    assert_ne!(other["session"], session);
}
