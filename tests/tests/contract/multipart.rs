//! A form with the part `file`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Door, Form, OBJECT_KEY, received_body, sample, upstream_storing};
use serde_json::json;

use crate::{gateway, refused_all};

const GENERIC: &str = "application/octet-stream";

/// Sends a form through both doors; the upstream must receive this file as this type.
async fn stored_as(expected: &str, file: &[u8], form: &Form) {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        let answer = gateway.send(&form.request()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let stored = json!({"returnCode": "0", "objectKey": OBJECT_KEY});
        assert_eq!(answer.json(), stored);
        let sent = json!({
            "fileType": expected,
            "fileStream": STANDARD.encode(file),
            "channel": "WEB",
        });
        assert_eq!(received_body(&upstream).await, sent);
    }
}

#[tokio::test]
async fn a_photo_as_curl_and_browsers_send_it_is_stored() {
    let photo = sample("photo.jpg");
    let form = Form::new().file("photo.jpg", "image/jpeg", &photo);
    stored_as("jpg", &photo, &form).await;
}

#[tokio::test]
async fn the_parts_may_come_in_any_order_and_others_are_ignored() {
    let photo = sample("photo.jpg");
    let form = Form::new()
        .text("comment", "my \u{e9}t\u{e9}")
        .text("channel", "WEB")
        .file("photo.jpg", "image/jpeg", &photo)
        .text("comment", "again")
        .text("fileType", "JPEG");
    stored_as("JPEG", &photo, &form).await;
}

#[tokio::test]
async fn a_spelled_type_goes_before_the_media_type_and_that_before_the_name() {
    let (png, csv) = (sample("rgb.png"), sample("bmi.csv"));
    for (expected, file, form) in [
        (
            "PNG",
            &png,
            Form::new()
                .text("fileType", "PNG")
                .file("x.jpg", "image/jpeg", &png),
        ),
        ("png", &png, Form::new().file("x.jpg", "image/png", &png)),
        ("png", &png, Form::new().file("x.PNG", GENERIC, &png)),
        ("png", &png, Form::new().file("x.png", "image/x-odd", &png)),
        ("png", &png, Form::new().file("x", GENERIC, &png)),
        ("csv", &csv, Form::new().file("x.csv", "text/plain", &csv)),
        ("txt", &csv, Form::new().file("x.txt", "text/csv", &csv)),
        ("csv", &csv, Form::new().file("x", "text/csv", &csv)),
        ("txt", &csv, Form::new().file("x", GENERIC, &csv)),
        (
            "csv",
            &csv,
            Form::new().file("x.csv", "application/vnd.ms-excel", &csv),
        ),
    ] {
        stored_as(expected, file, &form).await;
    }
}

#[tokio::test]
async fn empty_text_parts_count_as_not_there() {
    let png = sample("rgb.png");
    let form = Form::new()
        .text("fileType", "")
        .text("channel", "")
        .file("x", GENERIC, &png);
    stored_as("png", &png, &form).await;
}

#[tokio::test]
async fn a_file_that_holds_the_look_of_a_boundary_arrives_whole() {
    let text = b"--\r\n----boundary-of-the-test\r\n------boundary-of-the-tes\r\n\r\n--\r\n";
    let form = Form::new().file("x.txt", "text/plain", text);
    stored_as("txt", text, &form).await;
}

#[tokio::test]
async fn a_form_without_the_part_file_is_a_missing_parameter() {
    let png = sample("rgb.png");
    let named = |name| format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"x\"");
    let requests = [
        Form::new().text("fileType", "png").request(),
        Form::new().part(&named("File"), &png).request(),
        Form::new().part(&named("upload"), &png).request(),
        Form::request_of(&Form::new().body()),
    ];
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(200, "2", &["file is missing", "part"]);
    })
    .await;
}

#[tokio::test]
async fn the_declared_type_is_proven() {
    let png = sample("rgb.png");
    let requests = [
        Form::new()
            .text("fileType", "jpg")
            .file("x.png", "image/png", &png),
        Form::new().file("x.png", "image/jpeg", &png),
        Form::new().file("x.jpg", GENERIC, &png),
    ]
    .map(|form| form.request());
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(200, "3", &["file: declared jpg", "PNG (image/png)"]);
    })
    .await;
}

#[tokio::test]
async fn each_refusal_names_the_part_at_fault() {
    let png = sample("rgb.png");
    let file = || Form::new().file("x.png", "image/png", &png);
    for (form, words) in [
        (file().text("fileType", "gif"), "fileType: \"gif\""),
        (file().text("channel", "PHONE"), "channel: \"PHONE\""),
        (
            Form::new().file("x.png", "image/png", b""),
            "file: the file is empty",
        ),
        (
            Form::new().file("x.heic", "image/heic", &sample("refused/heic.jpg")),
            "file: the content is HEIC (image/heic)",
        ),
    ] {
        refused_all(&[], &[form.request()], |answer| {
            answer.assert_refused(200, "3", &[words]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_file_over_its_familys_limit_is_refused() {
    let png = sample("rgb.png");
    let limit = (png.len() - 1).to_string();
    let request = Form::new().file("x.png", "image/png", &png).request();
    refused_all(&[("MAX_IMAGE_BYTES", &limit)], &[request], |answer| {
        answer.assert_refused(200, "3", &["file: ", "image", &limit]);
    })
    .await;
}

#[tokio::test]
async fn a_form_over_the_body_limit_is_refused() {
    let form = Form::new().file("x.txt", "text/plain", &[b'a'; 2000]);
    let limit = (form.body().len() - 1).to_string();
    refused_all(&[("MAX_BODY_BYTES", &limit)], &[form.request()], |answer| {
        answer.assert_refused(413, "3", &[&limit]);
    })
    .await;
}
