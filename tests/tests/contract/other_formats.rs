//! Parts of a form whose name or media type declares a format that the API does not have.

use gateway_tests::{Form, Platform, Request, sample, upload_json};

use crate::damaged::GENERIC;
use crate::{judged, refused_as, storing};

/// What servers send in place of a file that they do not have.
const TEXTS: [(&str, &str); 3] = [
    (r#"{"error":"not found"}"#, "text/plain"),
    ("Access denied\n", "text/plain"),
    ("<!DOCTYPE html><title>404</title>", "text/html"),
];

fn upload(name: &str, media_type: &str, text: &str) -> Request {
    Form::new()
        .file(name, media_type, text.as_bytes())
        .request()
}

#[tokio::test]
async fn a_text_in_a_part_that_declares_another_format_is_refused() {
    let extensions = [
        "heic", "mov", "jpg", "mp3", "webp", "pdf", "zip", "xlsx", "exe", "WAV", "gz",
    ];
    for (text, detected) in TEXTS {
        let mut requests = Vec::new();
        for media_type in [GENERIC, "application/json", "text/plain"] {
            requests.extend(extensions.map(|it| upload(&format!("a.{it}"), media_type, text)));
        }
        for media_type in [
            "image/heic",
            "video/webm",
            "audio/ogg; codecs=opus",
            "application/pdf",
        ] {
            requests.push(upload("blob", media_type, text));
        }
        let untyped = "Content-Disposition: form-data; name=\"file\"; filename=\"a.heic\"";
        requests.push(Form::new().part(untyped, text.as_bytes()).request());
        judged(&[], &requests, |answer| {
            answer.assert_refused(200, "3", &["file: declared ", "but the content is "]);
            assert_eq!(
                answer.json()["reasonCode"],
                "content_mismatch",
                "{answer:?}"
            );
            assert_eq!(answer.json()["details"]["detected"], detected, "{answer:?}");
        })
        .await;
    }
    let named = upload("a.heic", GENERIC, TEXTS[0].0);
    judged(&[], &[named], |answer| {
        answer.assert_refused(200, "3", &["declared heic", "text (text/plain)"]);
        assert_eq!(answer.json()["details"]["declared"], "heic");
    })
    .await;
}

#[tokio::test]
async fn a_raw_text_that_declares_another_format_is_refused_and_a_photo_stored() {
    let headers = [
        (GENERIC, "attachment; filename=\"a.jpg\""),
        (GENERIC, "attachment; filename=a.HEIC"),
        (
            "binary/octet-stream",
            "form-data; filename*=UTF-8''%C3%A4.zip",
        ),
    ];
    let request = |(media_type, disposition), body: &[u8]| {
        Request::raw(media_type, body).with("content-disposition", disposition)
    };
    let requests = headers.map(|headers| request(headers, TEXTS[0].0.as_bytes()));
    refused_as(
        &requests,
        200,
        "content_mismatch",
        &["body: declared ", "but the content is text"],
    )
    .await;
    let (photo, png) = (sample("photo.jpg"), sample("rgb.png"));
    let service = storing(Platform::Http, &[]).await;
    for headers in headers {
        let stored = service.store(&request(headers, &photo)).await;
        assert_eq!(stored, upload_json("jpg", &photo));
        let stored = service.store(&request(headers, &png)).await;
        assert_eq!(stored, upload_json("png", &png));
    }
    let named = request((GENERIC, "attachment; filename=\"a.csv\""), b"a,b\n");
    assert_eq!(service.store(&named).await, upload_json("txt", b"a,b\n"));
}

#[tokio::test]
async fn an_upload_in_json_in_a_part_that_declares_another_format_is_refused() {
    let json = upload_json("jpg", &sample("photo.jpg")).to_string();
    let requests = ["a.heic", "a.bin", "a.MOV", "a.zip", "a.tmp", "blob"]
        .map(|name| upload(name, GENERIC, &json));
    judged(&[], &requests, |answer| {
        answer.assert_refused(400, "3", &["an upload in JSON", "File or Blob itself"]);
    })
    .await;
}

#[tokio::test]
async fn a_file_is_stored_as_what_it_is_under_any_such_name() {
    let photo = sample("photo.jpg");
    let service = storing(Platform::Http, &[]).await;
    for (name, media_type) in [
        ("a.heic", GENERIC),
        ("a.heic", "image/heic"),
        ("a.bin", GENERIC),
        ("a.jfif", "text/plain"),
        ("a.jpg", "text/plain"),
        ("a.tmp", GENERIC),
    ] {
        let request = Form::new().file(name, media_type, &photo).request();
        assert_eq!(service.store(&request).await, upload_json("jpg", &photo));
    }
}

#[tokio::test]
async fn a_text_under_a_name_or_media_type_that_texts_have_is_stored() {
    let service = storing(Platform::Http, &[]).await;
    for (name, media_type) in [
        ("export.xls", GENERIC),
        ("letter.doc", "application/msword"),
        ("main.ts", "video/mp2t"),
        ("logo.svg", "image/svg+xml"),
        ("list.m3u", "audio/x-mpegurl"),
        ("error.json", "application/json"),
        ("notes.txt", "image/heic"),
        ("dump.dat", GENERIC),
        ("readme", GENERIC),
        ("notes.tmp", GENERIC),
        ("notes.bin", GENERIC),
        ("notes.BIN", "text/plain"),
        ("film.sub", "image/vnd.dvb.subtitle"),
        ("radio.asx", "video/x-ms-asf"),
    ] {
        let stored = service.store(&upload(name, media_type, "a text\n")).await;
        assert_eq!(stored, upload_json("txt", b"a text\n"), "{name}");
    }
    // A part that spells the type goes before the name.
    let spelled = Form::new().text("fileType", "txt");
    let spelled = spelled.file("a.heic", GENERIC, b"a text\n").request();
    assert_eq!(
        service.store(&spelled).await,
        upload_json("txt", b"a text\n")
    );
}
