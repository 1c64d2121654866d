//! A form with the part `file`.

use gateway_tests::{Form, sample, upload_json};

use crate::{each_refused, judged, refused, stored};

const GENERIC: &str = "application/octet-stream";

/// Sends forms on each platform; the upstream must receive each file as this type.
async fn stored_as<'a>(cases: impl IntoIterator<Item = (&'a str, &'a [u8], Form)>) {
    let cases = cases.into_iter();
    let cases = cases.map(|(expected, file, form)| (form.request(), upload_json(expected, file)));
    stored(&[], cases).await;
}

#[tokio::test]
async fn a_photo_is_stored_at_any_position_of_its_part() {
    let photo = sample("photo.jpg");
    // As curl and browsers send it.
    let alone = Form::new().file("photo.jpg", "image/jpeg", &photo);
    let among_others = Form::new()
        .text("comment", "my \u{e9}t\u{e9}")
        .text("channel", "WEB")
        .file("photo.jpg", "image/jpeg", &photo)
        .text("comment", "again")
        .text("fileType", "JPEG");
    stored_as([("jpg", &*photo, alone), ("JPEG", &photo, among_others)]).await;
}

#[tokio::test]
async fn a_spelled_type_goes_before_the_media_type_and_the_name() {
    let (png, csv) = (sample("rgb.png"), sample("bmi.csv"));
    let file = |name, media_type, file| Form::new().file(name, media_type, file);
    let spelled = Form::new().text("fileType", "PNG");
    // Empty text parts count as not there.
    let empty = Form::new().text("fileType", "").text("channel", "");
    stored_as([
        ("PNG", &*png, spelled.file("x.jpg", "image/jpeg", &png)),
        ("png", &png, file("x.jpg", "image/png", &png)),
        ("png", &png, file("x.PNG", GENERIC, &png)),
        ("png", &png, file("x.png", "image/x-odd", &png)),
        ("png", &png, file("x", GENERIC, &png)),
        ("png", &png, empty.file("x", GENERIC, &png)),
        ("csv", &csv, file("x.csv", "text/plain", &csv)),
        ("txt", &csv, file("x.txt", "text/csv", &csv)),
        ("csv", &csv, file("x", "text/csv", &csv)),
        ("txt", &csv, file("x", GENERIC, &csv)),
        ("csv", &csv, file("x.csv", "application/vnd.ms-excel", &csv)),
    ])
    .await;
}

#[tokio::test]
async fn of_two_declared_types_the_one_of_the_content_is_stored() {
    let (png, jpg) = (sample("rgb.png"), sample("photo.jpg"));
    let (mp3, mp4) = (sample("cbr.mp3"), sample("faststart.mp4"));
    let file = |name, media_type, file| Form::new().file(name, media_type, file);
    stored_as([
        ("png", &*png, file("a.png", "image/jpeg", &png)),
        ("jpg", &jpg, file("a.png", "image/jpeg", &jpg)),
        ("mp4", &mp4, file("a.mp4", "image/jpeg", &mp4)),
        ("mp3", &mp3, file("a.mp3", "audio/mp4", &mp3)),
        ("mp3", &mp3, file("a.m4a", "audio/mpeg", &mp3)),
        ("mp3", &mp3, file("a.aac", "audio/mpeg", &mp3)),
        ("mp3", &mp3, file("a.mp3", "audio/aac", &mp3)),
    ])
    .await;
    let requests = [
        file("a.png", "image/jpeg", &sample("info-header.bmp")),
        file("a.png", "image/jpeg", b"a text"),
        file("a.m4a", "audio/mpeg", &png),
        file("a.mp3", "audio/mp4", &png),
    ]
    .map(|form| form.request());
    refused(&requests, 200, "3", &["file: declared "]).await;
}

#[tokio::test]
async fn a_file_that_holds_the_look_of_a_boundary_arrives_whole() {
    let text = b"--\r\n----boundary-of-the-test\r\n------boundary-of-the-tes\r\n\r\n--\r\n";
    let form = Form::new().file("x.txt", "text/plain", text);
    stored_as([("txt", &text[..], form)]).await;
}

#[tokio::test]
async fn metadata_beside_the_file_in_a_part_of_the_same_name_is_ignored() {
    let photo = sample("photo.jpg");
    let metadata = || Form::new().text("file", "{}");
    let with_photo = |form: Form| form.file("photo.jpg", "image/jpeg", &photo);
    let typed = "Content-Disposition: form-data; name=\"file\"\r\nContent-Type: text/plain";
    let extended = "Content-Disposition: form-data; name=file; filename*=UTF-8''p%C3%A4.jpg";
    let unnamed = "Content-Disposition: form-data; name=\"file\"\r\nContent-Type: image/jpeg";
    stored_as(
        [
            with_photo(metadata()),
            with_photo(Form::new()).text("file", "{}"),
            with_photo(metadata()).text("file", "{\"crop\":1}"),
            with_photo(Form::new().part(typed, b"{}")),
            metadata().part(extended, &photo),
            metadata().part(unnamed, &photo),
        ]
        .map(|form| ("jpg", &*photo, form)),
    )
    .await;
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
    refused(&requests, 200, "2", &["file is missing", "part"]).await;
    let others = Form::new()
        .text("fileType", "png")
        .part(&named("fileStream"), &png)
        .text("a\u{200b}", "1")
        .text(&"x".repeat(40), "1")
        .text("fourth", "1");
    let words = [
        "the form has \"fileStream\", \"a\\u{200b}\", \"xxx",
        "in a part named file",
    ];
    judged(&[], &[others.request()], |answer| {
        answer.assert_refused(200, "2", &words);
        assert!(!answer.text.contains("fourth"), "{answer:?}");
        assert_eq!(answer.json()["details"]["field"], "file");
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
        Form::new().file("x", "image/jpeg", &png),
        Form::new().file("x.jpg", GENERIC, &png),
    ]
    .map(|form| form.request());
    let words = ["file: declared jpg", "PNG (image/png)"];
    refused(&requests, 200, "3", &words).await;
}

#[tokio::test]
async fn each_refusal_names_the_part_at_fault() {
    let file = || Form::new().file("x.png", "image/png", &sample("rgb.png"));
    let empty = Form::new().file("x.png", "image/png", b"");
    let heic = Form::new().file("x.heic", "image/heic", &sample("refused/heic.jpg"));
    let cases = [
        (file().text("fileType", "gif"), "fileType: \"gif\""),
        (file().text("channel", "PHONE"), "channel: \"PHONE\""),
        (empty, "file: the file is empty"),
        (
            heic,
            "file: the content is HEIC (image/heic); HEIC photo: convert to JPG",
        ),
    ];
    each_refused(
        cases.map(|(form, words)| (form.request(), [words])),
        200,
        "3",
    )
    .await;
}
