//! A file's own bytes as the body, with its media type.

use gateway_tests::{Platform, Request, sample, upload_json};

use crate::{Settings, refused, stored, storing};

const GENERIC: &str = "application/octet-stream";

/// Sends files on each platform; the upstream must receive each as this type.
async fn stored_as(settings: Settings<'_>, cases: &[(&str, &str, &str)]) {
    let cases = cases.iter().map(|(media_type, name, expected)| {
        let file = sample(name);
        (
            Request::raw(media_type, &file),
            upload_json(expected, &file),
        )
    });
    stored(settings, cases).await;
}

#[tokio::test]
async fn each_media_type_is_accepted_and_without_one_the_type_is_detected() {
    let cases = [
        ("image/jpeg", "photo.jpg", "jpg"),
        ("IMAGE/JPG", "photo.jpg", "jpg"),
        ("image/png", "rgb.png", "png"),
        ("image/bmp", "info-header.bmp", "bmp"),
        ("audio/mpeg", "cbr.mp3", "mp3"),
        ("audio/aac", "adts.aac", "aac"),
        ("video/mp4", "h264-aac.mp4", "mp4"),
        ("text/plain; charset=utf-8", "utf-8.txt", "txt"),
        ("text/csv", "bmi.csv", "csv"),
        ("text/markdown", "utf-8.txt", "txt"),
        ("Text/HTML; charset=utf-8", "utf-8.txt", "txt"),
        ("text/tab-separated-values", "bmi.csv", "txt"),
        (GENERIC, "photo.jpg", "jpg"),
        (GENERIC, "rgb.png", "png"),
        (GENERIC, "info-header.bmp", "bmp"),
        (GENERIC, "cover-art.mp3", "mp3"),
        (GENERIC, "adts.aac", "aac"),
        (GENERIC, "h264-aac.mp4", "mp4"),
        (GENERIC, "utf-8.txt", "txt"),
    ];
    stored_as(&[], &cases).await;
}

#[tokio::test]
async fn a_bitmap_is_spelled_as_configured() {
    let cases = ["image/bmp", GENERIC].map(|media_type| (media_type, "info-header.bmp", "bpm"));
    stored_as(&[("BMP_SPELLING", "bpm")], &cases).await;
}

#[tokio::test]
async fn the_declared_type_is_proven() {
    let requests = ["image/jpeg", "audio/mpeg", "text/plain"]
        .map(|media_type| Request::raw(media_type, &sample("rgb.png")));
    let words = ["body: declared ", "PNG (image/png)"];
    refused(&requests, 200, "3", &words).await;
}

#[tokio::test]
async fn a_text_of_any_kind_is_proven() {
    let requests = [Request::raw("text/html", &sample("rgb.png"))];
    refused(&requests, 200, "3", &["declared txt", "PNG (image/png)"]).await;
    let mark = Request::raw("text/plain", b"\xEF\xBB\xBF");
    refused(
        &[mark, Request::upload("csv", b"\xFF\xFE")],
        200,
        "3",
        &["the file contains only a byte order mark"],
    )
    .await;
}

#[tokio::test]
async fn content_of_no_supported_type_is_refused_by_name() {
    let request = Request::raw(GENERIC, &sample("refused/heic.jpg"));
    let words = ["body: the content is HEIC (image/heic)"];
    refused(&[request], 200, "3", &words).await;
}

#[tokio::test]
async fn an_empty_body_is_refused() {
    let requests = ["image/png", GENERIC].map(|media_type| Request::raw(media_type, b""));
    refused(&requests, 200, "3", &["body: the file is empty"]).await;
}

#[tokio::test]
async fn the_documented_json_under_a_files_media_type_is_not_a_text_file() {
    let upload = Request::png();
    let media_types = [
        "text/plain",
        "text/plain;charset=UTF-8",
        "text/csv",
        GENERIC,
    ];
    let requests = media_types.map(|media_type| upload.clone().with("content-type", media_type));
    let mut marked = requests[0].clone();
    marked.body.splice(..0, *b"\xEF\xBB\xBF ");
    let requests = [&requests[..], &[marked]].concat();
    refused(&requests, 415, "3", &["Content-Type: application/json"]).await;
}

#[tokio::test]
async fn other_json_is_a_text_file_like_any_other() {
    let service = storing(Platform::Http, &[]).await;
    for text in ["{\"a\":1}", "{\"fileType\":\"png\"}", "[1]", "{ not JSON"] {
        let request = Request::raw("text/plain", text.as_bytes());
        assert_eq!(service.store(&request).await["fileType"], "txt");
    }
}
