//! The forwarded body: exactly the three fields, the caller's spelling, canonical Base64.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gateway_tests::{Form, Platform, Request, sample, upload_json};
use serde_json::json;

use crate::{stored, storing};

/// A file whose Base64 has both of the characters that differ between the alphabets.
fn photo() -> Vec<u8> {
    let photo = sample("photo.jpg");
    let text = STANDARD.encode(&photo);
    assert!(text.contains('/') && text.contains('+'));
    photo
}

#[tokio::test]
async fn a_photo_is_sent_on_as_it_came_with_escapes_resolved() {
    let body = upload_json("jpg", &photo());
    let text = body.to_string();
    let spellings = [
        text.clone(),
        text.replace('/', r"\/"),
        text.replace('+', r"\u002b"),
    ];
    stored(
        &[],
        spellings.map(|text| (Request::new(text), body.clone())),
    )
    .await;
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
    let cases = forms.map(|form| {
        let body = json!({"fileType": "jpg", "fileStream": form, "channel": "WEB"});
        (Request::json(&body), upload_json("jpg", &photo))
    });
    stored(&[], cases).await;
}

#[tokio::test]
async fn fields_that_the_api_does_not_know_are_ignored_and_not_sent_on() {
    let documented = upload_json("png", &sample("rgb.png"));
    let mut body = documented.clone();
    body["token"] = json!("x");
    body["nested"] = json!({"fileType": "jpg", "list": [1, null, true]});
    stored(&[], [(Request::json(&body), documented)]).await;
}

#[tokio::test]
async fn nothing_of_an_upload_is_written_to_a_disk() {
    let file = b"a very private letter\n".repeat(100_000);
    let form = Form::new().file("letter.txt", "text/plain", &file);
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        let requests = [Request::upload("txt", &file), form.clone().request()];
        for request in requests {
            service.store(&request).await;
            service.refuse(&request.without("authorization")).await;
        }
        assert_eq!(service.gateway.process().bytes_written_to_disks(), 0);
    }
}
