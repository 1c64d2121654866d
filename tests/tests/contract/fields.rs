//! Missing, wrong and unsupported fields.

use gateway_tests::{Request, sample, upload_json};
use serde_json::{Value, json};

use crate::{each_refused, refused};

fn documented() -> Value {
    upload_json("png", &sample("rgb.png"))
}

fn with(field: &str, value: Value) -> Request {
    let mut body = documented();
    body[field] = value;
    Request::json(&body)
}

const FIELDS: [&str; 3] = ["fileType", "fileStream", "channel"];

#[tokio::test]
async fn a_field_that_is_missing_null_or_empty_is_a_missing_parameter() {
    let cases = FIELDS.into_iter().flat_map(|field| {
        let mut absent = documented();
        absent.as_object_mut().expect("an object").remove(field);
        let requests = [
            Request::json(&absent),
            with(field, Value::Null),
            with(field, json!("")),
        ];
        requests.map(|request| (request, [field]))
    });
    each_refused(cases, 200, "2").await;
}

#[tokio::test]
async fn a_field_that_is_not_a_string_is_an_incorrect_parameter() {
    let cases = FIELDS.into_iter().flat_map(|field| {
        let values = [json!(1), json!(true), json!(["x"]), json!({"x": 1})];
        values.map(|value| (with(field, value), [field, "not a string"]))
    });
    each_refused(cases, 200, "3").await;
}

#[tokio::test]
async fn a_channel_other_than_web_is_refused() {
    let requests = ["web", "PHONE", " WEB"].map(|channel| with("channel", json!(channel)));
    refused(&requests, 200, "3", &["channel", "WEB"]).await;
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
    let cases = cases.map(|(text, position)| {
        let request = with("fileStream", json!(text));
        (request, ["fileStream", "not Base64", position])
    });
    each_refused(cases, 200, "3").await;
}

#[tokio::test]
async fn a_file_without_bytes_is_refused() {
    let texts = [" ", "\r\n", "data:image/png;base64,"];
    let requests = texts.map(|text| with("fileStream", json!(text)));
    refused(&requests, 200, "3", &["fileStream", "empty"]).await;
}
