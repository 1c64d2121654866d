//! Whole requests that a program sends as the file in them.

use gateway_tests::{Form, Platform, Request, sample, upload_json};
use serde_json::{Value, json};

use crate::damaged::GENERIC;
use crate::{refused, refused_as, storing};

const REMEDY: &str = "send the file's bytes, not the request's body";

/// The beginning of a form in Base64.
const BODY: &str = "LS1pbm5lcg0KQ29udGVudC1EaXNwb3NpdGlvbjogZm9ybS1kYXRhOyBuYW1lPSJmaWxlIjsg";

const TABLE: &[u8] = b"id,name\r\n1,Ann\r\n";

/// A form with another boundary than that of the form which may contain it.
fn form(file: &[u8], headers: &str) -> Vec<u8> {
    let head = format!("--inner\r\n{headers}\r\n\r\n");
    [head.as_bytes(), file, b"\r\n--inner--\r\n"].concat()
}

fn forms(file: &[u8]) -> [Vec<u8>; 2] {
    let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"a\"";
    [
        form(file, &format!("{disposition}\r\nContent-Type: {GENERIC}")),
        form(file, &format!("Content-Type: {GENERIC}\r\n{disposition}")),
    ]
}

fn events(body: &str) -> [Value; 3] {
    [
        json!({"version": "2.0", "requestContext": {"http": {"method": "POST"}}, "body": body}),
        json!({"body": body, "isBase64Encoded": true, "headers": {}}),
        json!({"isBase64Encoded": false, "httpMethod": "POST", "body": body}),
    ]
}

/// Requests with a table, and what they are called.
fn requests() -> Vec<(Vec<u8>, &'static str)> {
    let upload = upload_json("csv", TABLE);
    let with_mark = format!("\u{feff}{upload}\n");
    let texts = [upload.to_string(), format!("{upload:#}"), with_mark];
    let uploads = texts.map(|text| (text.into_bytes(), "an upload in JSON"));
    let events = events(BODY).map(|it| (it.to_string().into_bytes(), "the event of a function"));
    let forms = forms(TABLE).map(|form| (form, "a form"));
    [&uploads[..], &events, &forms].concat()
}

#[tokio::test]
async fn a_whole_request_is_refused_as_a_text_in_json() {
    for (content, name) in requests() {
        let requests = ["txt", "csv"].map(|it| Request::upload(it, &content));
        refused_as(&requests, 200, "content_mismatch", &[name, REMEDY]).await;
    }
}

#[tokio::test]
async fn a_whole_request_is_refused_as_a_named_part_and_as_a_raw_body() {
    for (content, name) in requests() {
        let is_event = name == "the event of a function";
        let parts = ["a.txt", "a.csv"];
        let parts = parts.map(|it| Form::new().file(it, "text/csv", &content).request());
        let bodies = ["text/plain", "text/csv", "text/html", GENERIC];
        let bodies = bodies.map(|it| Request::raw(it, &content));
        if is_event {
            refused(&parts, 200, "3", &[name, REMEDY]).await;
            refused(&bodies, 200, "3", &[name, REMEDY]).await;
        } else {
            refused_as(&parts, 400, "malformed_form", &["part file contains", name]).await;
            refused(&bodies, 415, "3", &["the body is ", name]).await;
        }
    }
}

#[tokio::test]
async fn a_whole_request_in_place_of_a_photo_is_called_what_it_is() {
    let photo = sample("photo.jpg");
    let upload = upload_json("jpg", &photo).to_string().into_bytes();
    let [event, ..] = events(BODY).map(|it| it.to_string().into_bytes());
    let [form, other] = forms(&photo);
    for (content, name) in [
        (form, "a form"),
        (other, "a form"),
        (upload, "an upload in JSON"),
        (event, "the event of a function"),
    ] {
        let requests = ["jpg", "png", "mp4"].map(|it| Request::upload(it, &content));
        refused_as(&requests, 200, "content_mismatch", &[name, REMEDY]).await;
    }
}

#[tokio::test]
async fn other_json_and_a_quoted_form_are_stored() {
    let upload = upload_json("csv", TABLE);
    let [form, _] = forms(TABLE);
    let texts = [
        // Descriptions of the API, and answers of functions.
        json!({"fileStream": {"type": "string"}, "fileType": {"type": "string"}})
            .to_string()
            .into_bytes(),
        json!({"example": upload}).to_string().into_bytes(),
        json!([upload]).to_string().into_bytes(),
        json!({"statusCode": 200, "body": "ok"})
            .to_string()
            .into_bytes(),
        json!({"requestContext": "checkout", "body": "A text."})
            .to_string()
            .into_bytes(),
        json!({"isBase64Encoded": false, "body": "A message in a queue"})
            .to_string()
            .into_bytes(),
        json!({"isBase64Encoded": true, "items": []})
            .to_string()
            .into_bytes(),
        format!("curl -d '{upload}'").into_bytes(),
        format!("{upload}\n{upload}\n").into_bytes(),
        [b"POST / HTTP/1.1\r\n\r\n", &form[..]].concat(),
        form[..form.len() - 6].to_vec(),
        b"--\r\nA signature\r\n--".to_vec(),
        b"--a\nContent-Type: text/plain\n\nPart of a message.\n--a--\n".to_vec(),
    ];
    let service = storing(Platform::Http, &[]).await;
    for text in texts {
        for request in [
            Request::upload("txt", &text),
            Form::new().file("a.txt", "text/plain", &text).request(),
        ] {
            assert_eq!(service.store(&request).await, upload_json("txt", &text));
        }
    }
}
