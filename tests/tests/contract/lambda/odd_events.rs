//! Events that the platform sends seldom, or never.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{
    Form, Invocation, Platform, Request, assert_untouched, http_api_event, received, sample,
};
use serde_json::{Value, json};

use super::{answer, event, store};
use crate::storing;

#[tokio::test]
async fn a_deadline_in_the_past_is_ignored() {
    let service = storing(Platform::Lambda, &[]).await;
    for deadline_ms in [0, 600_000] {
        let runtime = service.gateway.runtime();
        let invocation = runtime.invoke_until(&event(), deadline_ms).await;
        let Invocation::Answered(answer) = invocation else {
            panic!("the invocation failed: {invocation:?}");
        };
        let body = answer["body"].as_str().expect("a body");
        assert!(body.contains(r#""returnCode":"0""#), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_the_base64_it_is_marked_as_is_refused() {
    let service = storing(Platform::Lambda, &[]).await;
    for body in ["*", "eyJ9=", "{\"fileType\":\"png\"}"] {
        let mut event = event();
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(true);
        let (status, body) = answer(&service.gateway, &event).await;
        assert_eq!((status, &body["returnCode"]), (400, &json!("3")));
        let sentence = body["returnDesc"].as_str().expect("a sentence");
        assert!(
            sentence.contains("set isBase64Encoded to false"),
            "{sentence}"
        );
    }
    // The instance serves on.
    store(&service.gateway, &event()).await;
    assert_eq!(received(&service.upstream).await.len(), 1);
}

#[tokio::test]
async fn a_body_in_base64_that_is_not_marked_as_such_is_refused_with_the_cause() {
    let service = storing(Platform::Lambda, &[]).await;
    let form = Form::new().file("rgb.png", "image/png", &sample("rgb.png"));
    for request in [Request::png(), form.request()] {
        let mut event = http_api_event(&request);
        event["body"] = json!(STANDARD.encode(&request.body));
        event["isBase64Encoded"] = json!(false);
        let (status, body) = answer(&service.gateway, &event).await;
        assert_eq!((status, &body["returnCode"]), (400, &json!("3")));
        let sentence = body["returnDesc"].as_str().expect("a sentence");
        assert!(sentence.contains("in Base64"), "{sentence}");
        assert!(
            sentence.contains("set isBase64Encoded to true"),
            "{sentence}"
        );
    }
    assert_untouched(&service.upstream).await;
}

#[tokio::test]
async fn a_host_path_or_query_that_makes_no_url_does_no_harm() {
    let service = storing(Platform::Lambda, &[]).await;
    for (pointer, value, status) in [
        ("/headers/host", "a b:99999999", 200),
        ("/headers/x-forwarded-proto", "no scheme", 200),
        ("/rawQueryString", "a=\u{e9} <>", 200),
        ("/requestContext/domainName", "[", 200),
        ("/rawPath", ":99999999/x", 404),
        ("/rawPath", "/\u{e9} <>", 404),
    ] {
        let mut event = event();
        event["headers"]["host"] = json!("gateway.example.com");
        event["headers"]["x-forwarded-proto"] = json!("https");
        *event.pointer_mut(pointer).expect("a member of the event") = json!(value);
        let answered = answer(&service.gateway, &event).await;
        assert_eq!(answered.0, status, "{pointer}: {}", answered.1);
    }
}

#[tokio::test]
async fn an_event_of_another_kind_is_reported_and_the_instance_continues() {
    let service = storing(Platform::Lambda, &[]).await;
    let sound = event().to_string();
    let not_json = sound.replace("\"isBase64Encoded\"", "isBase64Encoded");
    let body_twice = sound.replacen('{', "{\"body\":\"\",", 1);
    let cut_off = &sound[..sound.len() - 1];
    let cut_off_in_the_body = sound.split_once("\\\"channel").expect("a body").0;
    let mut unescaped = sound.clone().into_bytes();
    let at = sound.find("fileStream").expect("a body");
    unescaped[at] = b'\n';
    let mut not_utf8 = unescaped.clone();
    not_utf8[at] = 0xff;
    let events: [&[u8]; 13] = [
        b"",
        b" ",
        b"{}",
        b"[]",
        b"null",
        b"\"body\"",
        b"{\"Records\":[]}",
        b"{\"body\":\"{}\"}",
        not_json.as_bytes(),
        body_twice.as_bytes(),
        cut_off.as_bytes(),
        &unescaped,
        &not_utf8,
    ];
    for event in events.into_iter().chain([cut_off_in_the_body.as_bytes()]) {
        let invocation = service.gateway.runtime().invoke_with(event, 0).await;
        let event = String::from_utf8_lossy(event);
        let Invocation::Failed(report) = invocation else {
            panic!("{event}: {invocation:?}");
        };
        assert!(report["errorMessage"].is_string(), "{event}: {report}");
    }
    assert_untouched(&service.upstream).await;
    store(&service.gateway, &event()).await;
}

#[tokio::test]
async fn the_body_of_an_event_that_failed_is_never_another_events() {
    let service = storing(Platform::Lambda, &[]).await;
    let mut failing = event();
    failing["requestContext"] = json!(null);
    let invocation = service.gateway.runtime().invoke(&failing).await;
    let is_failed = matches!(invocation, Invocation::Failed(_));
    assert!(is_failed, "{invocation:?}");
    for body in [Value::Null, json!("")] {
        let mut event = event();
        event["body"] = body;
        let (status, answer) = answer(&service.gateway, &event).await;
        assert_eq!((status, &answer["returnCode"]), (400, &json!("3")));
    }
    assert_untouched(&service.upstream).await;
}

#[tokio::test]
async fn a_stage_before_the_path_is_stripped() {
    let service = storing(Platform::Lambda, &[]).await;
    for (stage, prefix, status) in [
        ("prod", "/prod", 200),
        ("prod", "", 200),
        ("$default", "", 200),
        ("$default", "/prod", 404),
        ("prod", "/other", 404),
        ("prod", "/prod/prod", 404),
    ] {
        let mut event = event();
        event["requestContext"]["stage"] = json!(stage);
        let path = format!("{prefix}/apiaccess/ccmessaging/uploadFileStream");
        event["rawPath"] = json!(path);
        let answered = answer(&service.gateway, &event).await;
        assert_eq!(answered.0, status, "{stage} {path}: {}", answered.1);
    }
}
