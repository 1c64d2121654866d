//! Bodies that are not JSON, not an object, or name a field twice.

use gateway_tests::Request;
use serde_json::json;

use crate::{each_refused, refused};

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_at_its_position() {
    let bodies: [&[u8]; 6] = [
        b"fileType=png",
        b"{\"fileType\":\"png\",}",
        b"{\"fileType\":\"png\"",
        b"{\"fileType\":\"png\"}}",
        b"{\"fileType\":\"\xff\"}",
        b"{'fileType':'png'}",
    ];
    let words = ["the body is not JSON", "at byte "];
    refused(&bodies.map(Request::new), 400, "3", &words).await;
}

#[tokio::test]
async fn json_other_than_an_object_is_rejected() {
    let requests = ["null", "true", "1", "\"{}\"", "[]"].map(Request::new);
    refused(&requests, 400, "3", &["not a JSON object"]).await;
}

#[tokio::test]
async fn a_field_named_twice_is_refused() {
    let requests = [
        r#"{"fileType":"png","fileType":"png","fileStream":"AAAA","channel":"WEB"}"#,
        r#"{"fileType":"png","fileStream":"AAAA","channel":"WEB","fileStrea\u006d":"AAAA"}"#,
        r#"{"a":1,"a":2}"#,
    ]
    .map(Request::new);
    refused(&requests, 400, "3", &["twice"]).await;
}

#[tokio::test]
async fn nesting_of_any_depth_does_no_harm() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    refused(&[Request::new(deep)], 200, "2", &["fileType is missing"]).await;
    let deeper = format!("{{\"fileType\":{}", "{\"a\":".repeat(100_000));
    refused(&[Request::new(deeper)], 400, "3", &["not JSON"]).await;
}

#[tokio::test]
async fn an_upload_in_another_object_is_found() {
    let upload = json!({"fileType": "txt", "fileStream": "YQ==", "channel": "WEB"});
    let cases = [
        (json!({"data": upload}), r#"in "data""#),
        (json!({"id": 1, "body": upload.to_string()}), r#"in "body""#),
    ];
    let cases = cases.map(|(body, place)| {
        let words = ["fileType is missing", place, "members of the body"];
        (Request::json(&body), words)
    });
    each_refused(cases, 200, "2").await;
}
