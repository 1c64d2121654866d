//! What is sent on: exactly the three fields, the caller's spelling, canonical Base64.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gateway_tests::{Door, OBJECT_KEY, Request, received_body, sample, upstream_storing};
use serde_json::{Value, json};

use crate::gateway;

/// Sends a body through both doors; the upstream must receive this, and nothing else.
async fn forwarded(body: &str, expected: &Value) {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        let answer = gateway.send(&Request::new(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let stored = json!({"returnCode": "0", "objectKey": OBJECT_KEY});
        assert_eq!(answer.json(), stored);
        assert_eq!(&received_body(&upstream).await, expected);
    }
}

/// A file whose Base64 has both of the characters that differ between the alphabets.
fn photo() -> Vec<u8> {
    let photo = sample("photo.jpg");
    let text = STANDARD.encode(&photo);
    assert!(text.contains('/') && text.contains('+'));
    photo
}

fn documented(file_type: &str, file: &[u8]) -> Value {
    json!({"fileType": file_type, "fileStream": STANDARD.encode(file), "channel": "WEB"})
}

#[tokio::test]
async fn a_photo_is_sent_on_as_it_came() {
    let body = documented("jpg", &photo());
    forwarded(&body.to_string(), &body).await;
}

#[tokio::test]
async fn escaped_slashes_and_unicode_escapes_are_resolved() {
    let body = documented("jpg", &photo());
    forwarded(&body.to_string().replace('/', r"\/"), &body).await;
    forwarded(&body.to_string().replace('+', r"\u002b"), &body).await;
}

#[tokio::test]
async fn every_tolerated_form_of_base64_is_sent_on_in_the_canonical_one() {
    let photo = photo();
    let text = STANDARD.encode(&photo);
    let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
    let broken = String::from_utf8(lines.join(b"\r\n".as_slice())).expect("ASCII");
    let forms = [
        format!("data:image/jpeg;base64,{text}"),
        broken,
        URL_SAFE_NO_PAD.encode(&photo),
        text.trim_end_matches('=').to_owned(),
    ];
    for form in forms {
        let body = json!({"fileType": "jpg", "fileStream": form, "channel": "WEB"});
        forwarded(&body.to_string(), &documented("jpg", &photo)).await;
    }
}

#[tokio::test]
async fn fields_that_the_api_does_not_know_are_ignored_and_not_sent_on() {
    let png = sample("rgb.png");
    let mut body = documented("png", &png);
    body["token"] = json!("x");
    body["nested"] = json!({"fileType": "jpg", "list": [1, null, true]});
    forwarded(&body.to_string(), &documented("png", &png)).await;
}
