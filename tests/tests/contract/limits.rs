//! Limits at one less, exactly, and one more.

use gateway_tests::{Form, Platform, Request, received, sample, upload_json};
use serde_json::json;

use crate::{judged, storing};

/// An upload whose body has this many bytes.
fn upload_of(body_bytes: usize) -> Request {
    let mut body = upload_json("txt", &sample("utf-8.txt"))
        .to_string()
        .into_bytes();
    assert!(body.len() <= body_bytes);
    body.resize(body_bytes, b' ');
    Request::new(body)
}

/// A text file of this many bytes, as it is.
fn letter_of(bytes: usize) -> Request {
    Request::raw("text/plain", &vec![b'a'; bytes])
}

/// A form of this many bytes.
fn form_of(body_bytes: usize) -> Request {
    let form = |bytes| Form::new().file("x.txt", "text/plain", &vec![b'a'; bytes]);
    let around_the_file = form(0).body().len();
    form(body_bytes - around_the_file).request()
}

#[tokio::test]
async fn a_body_of_the_limit_passes_and_one_byte_more_does_not() {
    let settings = [("MAX_BODY_BYTES", "100000")];
    let most = 100_000;
    for platform in Platform::ALL {
        let service = storing(platform, &settings).await;
        for request in [
            upload_of(most - 1),
            upload_of(most),
            letter_of(most),
            form_of(most),
        ] {
            service.store(&request).await;
        }
    }
    let requests = [
        upload_of(most + 1),
        upload_of(1_000_000),
        letter_of(most + 1),
        form_of(most + 1),
    ];
    judged(&settings, &requests, |answer| {
        answer.assert_refused(413, "3", &["100000 bytes"]);
        let details = json!({"field": "body", "limitBytes": most});
        assert_eq!(answer.json()["details"], details);
    })
    .await;
}

#[tokio::test]
async fn a_body_without_a_declared_length_is_counted() {
    let service = storing(Platform::Http, &[("MAX_BODY_BYTES", "100000")]).await;
    for (bytes, status) in [(100_000, 200), (100_001, 413)] {
        for request in [upload_of(bytes), letter_of(bytes), form_of(bytes)] {
            let answer = service.gateway.send_chunked(&request).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
    }
    assert_eq!(received(&service.upstream).await.len(), 3);
}

#[tokio::test]
async fn the_default_body_limit_is_six_mebibytes() {
    let service = storing(Platform::Http, &[]).await;
    service.store(&upload_of(6 * 1024 * 1024)).await;
    let answer = service.refuse(&upload_of(6 * 1024 * 1024 + 1)).await;
    answer.assert_refused(413, "3", &["6291456 bytes"]);
}

#[tokio::test]
async fn a_file_of_its_familys_limit_passes_and_one_byte_more_does_not() {
    let cases = [
        ("MAX_IMAGE_BYTES", "png", sample("rgb.png"), "image"),
        ("MAX_AUDIO_BYTES", "mp3", sample("cbr.mp3"), "audio"),
        ("MAX_VIDEO_BYTES", "mp4", sample("h264-aac.mp4"), "video"),
        ("MAX_TEXT_BYTES", "csv", sample("bmi.csv"), "text"),
    ];
    for (difference, passes) in [(-1, false), (0, true), (1, true)] {
        let limits = cases.each_ref().map(|(_, _, file, _)| {
            let limit = file.len().checked_add_signed(difference);
            limit.expect("a file with some bytes").to_string()
        });
        let settings: Vec<_> = cases
            .iter()
            .map(|case| case.0)
            .zip(limits.iter().map(String::as_str))
            .collect();
        let service = storing(Platform::Http, &settings).await;
        for ((_, file_type, file, family), limit) in cases.iter().zip(&limits) {
            let request = Request::upload(file_type, file);
            if passes {
                service.store(&request).await;
            } else {
                let answer = service.refuse(&request).await;
                answer.assert_refused(200, "3", &["fileStream", family, limit]);
            }
        }
    }
}

#[tokio::test]
async fn a_file_over_its_familys_limit_is_refused_in_every_format() {
    let png = sample("rgb.png");
    let limit = (png.len() - 1).to_string();
    let form = Form::new().file("x.png", "image/png", &png).request();
    for (request, field) in [
        (Request::raw("image/png", &png), "body: "),
        (form, "file: "),
    ] {
        judged(&[("MAX_IMAGE_BYTES", &limit)], &[request], |answer| {
            answer.assert_refused(200, "3", &[field, "image", &limit]);
        })
        .await;
    }
}
