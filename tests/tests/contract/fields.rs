//! Missing, wrong and unsupported fields.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Request, sample};
use serde_json::{Value, json};

use crate::{refused, refused_all};

fn documented() -> Value {
    let png = STANDARD.encode(sample("rgb.png"));
    json!({"fileType": "png", "fileStream": png, "channel": "WEB"})
}

fn with(field: &str, value: Value) -> Request {
    let mut body = documented();
    body[field] = value;
    Request::json(&body)
}

const FIELDS: [&str; 3] = ["fileType", "fileStream", "channel"];

#[tokio::test]
async fn a_field_that_is_missing_null_or_empty_is_a_missing_parameter() {
    for field in FIELDS {
        let mut absent = documented();
        absent.as_object_mut().expect("an object").remove(field);
        let requests = [
            Request::json(&absent),
            with(field, Value::Null),
            with(field, json!("")),
        ];
        refused_all(&[], &requests, |answer| {
            answer.assert_refused(200, "2", &[field]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_field_that_is_not_a_string_is_an_incorrect_parameter() {
    for field in FIELDS {
        let requests =
            [json!(1), json!(true), json!(["x"]), json!({"x": 1})].map(|value| with(field, value));
        refused_all(&[], &requests, |answer| {
            answer.assert_refused(200, "3", &[field, "not a string"]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_channel_other_than_web_is_refused() {
    for channel in ["web", "PHONE", " WEB"] {
        refused(&with("channel", json!(channel)), |answer| {
            answer.assert_refused(200, "3", &["channel", "WEB"]);
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_not_base64_is_refused_at_its_position() {
    let cases = [
        ("iVBO*w0K", "byte 4"),
        ("iVBOR", "byte 4"),
        ("iVBO+w_K", "byte 6"),
        ("iVB=ORw0", "byte 3"),
        ("iVBORx==", "byte 5"),
        ("%%%%", "byte 0"),
        ("ÄÖÜß", "byte 0"),
        ("data:image/png,abc", "byte 0"),
    ];
    for (text, position) in cases {
        refused(&with("fileStream", json!(text)), |answer| {
            answer.assert_refused(200, "3", &["fileStream", "not Base64", position]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_file_without_bytes_is_refused() {
    let requests =
        [" ", "\r\n", "data:image/png;base64,"].map(|text| with("fileStream", json!(text)));
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(200, "3", &["fileStream", "empty"]);
    })
    .await;
}
