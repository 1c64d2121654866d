//! A file's own bytes as the body, with its media type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Door, OBJECT_KEY, Request, received_body, sample, upstream_storing};
use serde_json::json;

use crate::{gateway, refused_all};

/// Sends a file; the upstream must receive it as this type.
async fn stored_as(expected: &str, media_type: &str, name: &str, settings: &[(&str, &str)]) {
    let file = sample(name);
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), settings).await;
        let answer = gateway.send(&Request::raw(media_type, &file)).await;
        assert_eq!(answer.status, 200, "{media_type}: {}", answer.text);
        let stored = json!({"returnCode": "0", "objectKey": OBJECT_KEY});
        assert_eq!(answer.json(), stored, "{media_type}");
        let sent = json!({
            "fileType": expected,
            "fileStream": STANDARD.encode(&file),
            "channel": "WEB",
        });
        assert_eq!(received_body(&upstream).await, sent, "{media_type}");
    }
}

#[tokio::test]
async fn a_media_type_of_each_file_type_is_taken() {
    for (media_type, name, expected) in [
        ("image/jpeg", "photo.jpg", "jpg"),
        ("IMAGE/JPG", "photo.jpg", "jpg"),
        ("image/png", "rgb.png", "png"),
        ("image/bmp", "info-header.bmp", "bmp"),
        ("audio/mpeg", "cbr.mp3", "mp3"),
        ("audio/aac", "adts.aac", "aac"),
        ("video/mp4", "h264-aac.mp4", "mp4"),
        ("text/plain; charset=utf-8", "utf-8.txt", "txt"),
        ("text/csv", "bmi.csv", "csv"),
    ] {
        stored_as(expected, media_type, name, &[]).await;
    }
}

#[tokio::test]
async fn without_a_telling_media_type_the_content_tells_the_type() {
    for (name, expected) in [
        ("photo.jpg", "jpg"),
        ("rgb.png", "png"),
        ("info-header.bmp", "bmp"),
        ("cover-art.mp3", "mp3"),
        ("adts.aac", "aac"),
        ("h264-aac.mp4", "mp4"),
        ("utf-8.txt", "txt"),
    ] {
        stored_as(expected, "application/octet-stream", name, &[]).await;
    }
}

#[tokio::test]
async fn a_bitmap_is_spelled_as_the_deployment_says() {
    let settings = [("BMP_SPELLING", "bpm")];
    for media_type in ["image/bmp", "application/octet-stream"] {
        stored_as("bpm", media_type, "info-header.bmp", &settings).await;
    }
}

#[tokio::test]
async fn the_declared_type_is_proven() {
    let requests = ["image/jpeg", "audio/mpeg", "text/plain"]
        .map(|media_type| Request::raw(media_type, &sample("rgb.png")));
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(200, "3", &["body: declared ", "PNG (image/png)"]);
    })
    .await;
}

#[tokio::test]
async fn content_of_no_supported_type_is_refused_by_name() {
    let request = Request::raw("application/octet-stream", &sample("refused/heic.jpg"));
    refused_all(&[], &[request], |answer| {
        answer.assert_refused(200, "3", &["body: the content is HEIC (image/heic)"]);
    })
    .await;
}

#[tokio::test]
async fn an_empty_body_is_refused() {
    let requests =
        ["image/png", "application/octet-stream"].map(|media_type| Request::raw(media_type, b""));
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(200, "3", &["body: the file is empty"]);
    })
    .await;
}

#[tokio::test]
async fn a_file_over_its_familys_limit_is_refused() {
    let file = sample("rgb.png");
    let limit = (file.len() - 1).to_string();
    let request = Request::raw("image/png", &file);
    refused_all(&[("MAX_IMAGE_BYTES", &limit)], &[request], |answer| {
        answer.assert_refused(200, "3", &["body: ", "image", &limit]);
    })
    .await;
}

#[tokio::test]
async fn the_documented_json_under_a_files_media_type_is_not_taken_for_a_text_file() {
    let upload = Request::upload("png", &sample("rgb.png"));
    let requests = [
        "text/plain",
        "text/plain;charset=UTF-8",
        "text/csv",
        "application/octet-stream",
    ]
    .map(|media_type| upload.clone().with("content-type", media_type));
    let mut marked = requests[0].clone();
    marked.body.splice(..0, *b"\xEF\xBB\xBF ");
    let requests = [&requests[..], &[marked]].concat();
    refused_all(&[], &requests, |answer| {
        answer.assert_refused(415, "3", &["Content-Type: application/json"]);
    })
    .await;
}

#[tokio::test]
async fn other_json_is_a_text_file_like_any_other() {
    for text in ["{}", "{\"fileType\":\"png\"}", "[1]", "{ not JSON"] {
        let upstream = upstream_storing().await;
        let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
        let request = Request::raw("text/plain", text.as_bytes());
        assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
        assert_eq!(received_body(&upstream).await["fileType"], "txt");
    }
}

#[tokio::test]
async fn a_file_of_the_body_limit_passes_and_one_byte_more_does_not() {
    let settings = [("MAX_BODY_BYTES", "100000")];
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &settings).await;
    let letter = |bytes| Request::raw("text/plain", &vec![b'a'; bytes]);
    let answer = gateway.send(&letter(100_000)).await;
    assert_eq!(answer.json()["returnCode"], "0");
    let answer = gateway.send(&letter(100_001)).await;
    answer.assert_refused(413, "3", &["100000 bytes"]);
}
