//! The events that are committed for `cargo lambda invoke --data-file`: what each is answered.

use std::collections::BTreeSet;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Platform, received};
use serde_json::{Value, json};

use super::answer;
use crate::storing;

/// Name, status and return code.
const EVENTS: [(&str, u64, &str); 18] = [
    ("alb", 200, "0"),
    ("alb-multi-value-headers", 200, "0"),
    ("alb-multi-value-headers-no-content-type", 200, "0"),
    ("alb-png", 200, "0"),
    ("alb-unknown-path", 404, "3"),
    ("function-url", 200, "0"),
    ("function-url-no-content-type", 200, "0"),
    ("http-api-v2", 200, "0"),
    ("http-api-v2-malformed-base64", 400, "3"),
    ("http-api-v2-no-content-type", 200, "0"),
    ("http-api-v2-png", 200, "0"),
    ("http-api-v2-stage-prefix", 200, "0"),
    ("http-api-v2-trailing-slash", 200, "0"),
    ("http-api-v2-wrong-media-type", 415, "3"),
    ("rest-api-v1", 200, "0"),
    ("rest-api-v1-base64", 200, "0"),
    ("rest-api-v1-stage-prefix", 200, "0"),
    ("rest-api-v1-trailing-slash", 200, "0"),
];

fn folder() -> PathBuf {
    let tests = env!("CARGO_MANIFEST_DIR");
    PathBuf::from(tests).join("../functions/upload-file-stream/events")
}

pub(crate) fn read(name: &str) -> Value {
    let event = std::fs::read(folder().join(format!("{name}.json"))).expect("an event");
    serde_json::from_slice(&event).expect("an event is JSON")
}

/// The same request with its body in the other of the two forms.
fn with_body_in_the_other_form(mut event: Value) -> Value {
    let body = event["body"].as_str().expect("a body");
    let is_base64_encoded = event["isBase64Encoded"] == true;
    let body = if is_base64_encoded {
        let decoded = STANDARD.decode(body).expect("Base64");
        String::from_utf8(decoded).expect("text")
    } else {
        STANDARD.encode(body)
    };
    event["body"] = json!(body);
    event["isBase64Encoded"] = json!(!is_base64_encoded);
    event
}

/// The same request with a slash after its path, or without one if there is one.
fn with_path_in_the_other_form(mut event: Value) -> Value {
    for name in ["path", "rawPath"] {
        if let Some(path) = event[name].as_str() {
            event[name] = match path.strip_suffix('/') {
                Some(path) => json!(path),
                None => json!(format!("{path}/")),
            };
        }
    }
    event
}

#[test]
fn every_committed_event_is_in_the_table() {
    let files = std::fs::read_dir(folder()).expect("the folder of events");
    let names: BTreeSet<String> = files
        .map(|file| file.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let listed = EVENTS.map(|(name, ..)| name.to_owned());
    assert_eq!(names, BTreeSet::from(listed));
}

#[tokio::test]
async fn every_committed_event_gets_the_response_in_its_table() {
    let event = read("http-api-v2");
    let expected = serde_json::from_str(event["body"].as_str().expect("a body"));
    let expected: Value = expected.expect("JSON");
    let service = storing(Platform::Lambda, &[]).await;
    let mut stored = 0;
    for (name, status, return_code) in EVENTS {
        let event = read(name);
        let is_text = !name.ends_with("png") && !name.ends_with("malformed-base64");
        let mut forms = vec![event.clone()];
        if is_text {
            forms.push(with_body_in_the_other_form(event.clone()));
        }
        if !name.ends_with("unknown-path") {
            forms.push(with_path_in_the_other_form(event));
        }
        for event in forms {
            let (found, answer) = answer(&service.gateway, &event).await;
            assert_eq!(found, status, "{name}: {answer}");
            assert_eq!(answer["returnCode"], return_code, "{name}: {answer}");
            stored += usize::from(return_code == "0");
            let received = received(&service.upstream).await;
            assert_eq!(received.len(), stored, "{name}");
            let last: Option<Value> = received.last().and_then(|last| last.body_json().ok());
            assert_eq!(last.as_ref(), Some(&expected), "{name}");
        }
    }
}
