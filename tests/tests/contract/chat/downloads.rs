//! `downloadFileStream` in both forms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Answer, Platform, Request, log_lines, sample};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{Chat, call, json_answer};

const NAME: &str = "downloadFileStream";

/// An agent's document, shortened.
const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n\xFF";

pub(super) fn file_answer(file: &[u8]) -> ResponseTemplate {
    json_answer(
        200,
        &json!({"resultCode": "0", "resultDesc": "success", "fileStream": STANDARD.encode(file)}),
    )
}

fn for_a_file() -> Request {
    call(NAME).with("accept", "application/octet-stream, */*;q=0.1")
}

fn assert_headers(answer: &Answer, media_type: &str, name: &str) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some(media_type));
    let disposition = format!("attachment; filename=\"{name}\"");
    assert_eq!(answer.header("content-disposition"), Some(&*disposition));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("content-security-policy"), Some("sandbox"));
    assert_eq!(answer.header("vary"), Some("accept"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn the_file_has_the_media_type_of_its_content() {
    let files = [
        (PDF.to_vec(), "application/pdf", "pdf"),
        (sample("photo.jpg"), "image/jpeg", "jpg"),
        (sample("rgb.png"), "image/png", "png"),
        (sample("rle8.bmp"), "image/bmp", "bmp"),
        (sample("cbr.mp3"), "audio/mpeg", "mp3"),
        (sample("adts.aac"), "audio/aac", "aac"),
        (sample("h264-aac.mp4"), "video/mp4", "mp4"),
        (b"Good morning.\n".to_vec(), "text/plain", "txt"),
        (zip("a.txt"), "application/zip", "zip"),
        (
            zip("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "docx",
        ),
    ];
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for (file, media_type, extension) in &files {
            let answer = chat.send(NAME, &for_a_file(), file_answer(file)).await;
            let name = format!("download-0d1f6a3c.{extension}");
            assert_headers(&answer, media_type, &name);
            assert!(answer.bytes == *file, "{media_type}");
        }
    }
}

/// A ZIP archive of one empty, stored file (APPNOTE.TXT 4.3).
fn zip(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).expect("a short name");
    let local = [
        &b"PK\x03\x04\x14\0"[..],
        &[0; 20],
        &[length, 0, 0, 0],
        name.as_bytes(),
    ]
    .concat();
    let central = [
        &b"PK\x01\x02\x14\0\x14\0"[..],
        &[0; 20],
        &[length, 0],
        &[0; 16],
        name.as_bytes(),
    ]
    .concat();
    let count = |bytes: &[u8]| u8::try_from(bytes.len()).expect("a short archive");
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &[count(&central), 0, 0, 0, count(&local), 0, 0, 0, 0, 0],
    ]
    .concat();
    [local, central, end].concat()
}

#[tokio::test]
async fn content_that_a_browser_could_run_is_never_served_as_such() {
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
    let script = b"<script>alert(document.domain)</script>";
    let jpg = sample("baseline.jpg");
    let files = [
        b"<!DOCTYPE html><title>x</title>".to_vec(),
        b"\n\n  <HTML><body onload=alert(1)>".to_vec(),
        script.to_vec(),
        svg.as_bytes().to_vec(),
        format!("<?xml version=\"1.0\"?>{svg}").into_bytes(),
        b"\xEF\xBB\xBF<?xml version='1.0'?><?xml-stylesheet href='x'?><a/>".to_vec(),
        b"<!-- x --><svg onload=alert(1)>".to_vec(),
        b"GIF89a/*<svg/onload=alert(1)>*/=1;".to_vec(),
        b"MZ\x90\0\x03\0\0\0".to_vec(),
        // HTML after the first bytes of a picture, and a picture with HTML behind it.
        [&jpg[..20], &script[..]].concat(),
        [&b"\xFF\xD8\xFF"[..], &script[..]].concat(),
        [&b"%PDF"[..], &script[..]].concat(),
        [&b"PK\x03\x04"[..], &script[..]].concat(),
        [&b"\x89PNG\r\n\x1A\n"[..], &script[..]].concat(),
        [&b"BM"[..], &script[..]].concat(),
        [&b"ID3"[..], &script[..]].concat(),
        [jpg.clone(), script.to_vec()].concat(),
        [sample("rgb.png"), script.to_vec()].concat(),
    ];
    let harmless = [
        "application/octet-stream",
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/bmp",
        "audio/mpeg",
        "application/zip",
        "text/plain",
    ];
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for file in &files {
            for accept in ["text/html", "image/svg+xml", "application/xml", "*/x"] {
                let request = call(NAME).with("accept", accept);
                let answer = chat.send(NAME, &request, file_answer(file)).await;
                let media_type = answer
                    .header("content-type")
                    .expect("a media type")
                    .to_owned();
                let shown = String::from_utf8_lossy(&file[..file.len().min(40)]).into_owned();
                assert!(harmless.contains(&&*media_type), "{shown}: {media_type}");
                let disposition = answer.header("content-disposition").expect("a disposition");
                assert!(disposition.starts_with("attachment; "), "{shown}");
                assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
                assert_eq!(answer.header("content-security-policy"), Some("sandbox"));
                assert!(answer.bytes == *file, "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn accept_selects_the_form() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for (accept, is_file) in [
        (None, false),
        (Some("*/*"), false),
        (Some("application/json"), false),
        (Some("application/json, text/plain, */*"), false),
        (Some("application/pdf"), true),
        (Some("image/*, */*;q=0.8"), true),
        (
            Some("application/json;q=0.5, application/octet-stream"),
            false,
        ),
    ] {
        let request = match accept {
            Some(accept) => call(NAME).with("accept", accept),
            None => call(NAME),
        };
        let answer = chat.send(NAME, &request, file_answer(PDF)).await;
        let is_json = answer.header("content-type") == Some("application/json");
        assert_eq!(!is_json, is_file, "{accept:?}");
        assert_eq!(answer.header("vary"), Some("accept"));
    }
}

#[tokio::test]
async fn names_contain_only_letters_and_digits_of_the_key() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for (file_id, name) in [
        ("local/a\"b\\c;d e/f", "download-abcdef.pdf"),
        ("local/\u{e9}\u{4e2d}-_.", "download-.pdf"),
        ("local/0123456789", "download-01234567.pdf"),
    ] {
        let body = json!({"fileId": file_id, "channel": "WEB", "fileType": "pdf"});
        let request = super::request(NAME, &body).with("accept", "application/pdf");
        let answer = chat.send(NAME, &request, file_answer(PDF)).await;
        assert_headers(&answer, "application/pdf", name);
    }
}

#[tokio::test]
async fn a_file_without_a_result_code_is_a_success() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        let answer = || json_answer(200, &json!({"fileStream": STANDARD.encode(PDF)}));
        let file = chat.send(NAME, &for_a_file(), answer()).await;
        assert!(file.bytes == PDF);
        let json: Value = chat.send(NAME, &call(NAME), answer()).await.json();
        assert_eq!(json["resultCode"], "0");
        assert_eq!(json["fileStream"], STANDARD.encode(PDF));
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error_in_words() {
    let absent = json!({"resultCode": "0", "resultDesc": "success"});
    let null = json!({"resultCode": "401", "resultDesc": "objectKey is null!"});
    let failed = json!({"resultCode": "13", "resultDesc": "exception"});
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for (request, answer, status, code, reason) in [
            (call(NAME), (200, &absent), 404, "3", "file_not_found"),
            (for_a_file(), (200, &absent), 404, "3", "file_not_found"),
            (for_a_file(), (200, &null), 404, "3", "file_not_found"),
            (for_a_file(), (404, &failed), 404, "3", "file_not_found"),
            (for_a_file(), (200, &failed), 500, "13", "download_failed"),
        ] {
            let answer = json_answer(answer.0, answer.1);
            let answer = chat.send(NAME, &request, answer).await;
            answer.assert_chat_refused(status, code, reason, &["contact centre"]);
            assert_eq!(answer.header("content-disposition"), None);
        }
        // The API fabric's own 404 is not about the file.
        let unknown = json!({"error_code": "APIG.0101", "error_msg": "The API does not exist"});
        for request in [call(NAME), for_a_file()] {
            let answer = chat.send(NAME, &request, json_answer(404, &unknown)).await;
            assert_eq!((answer.status, answer.json()), (404, unknown.clone()));
        }
        // In JSON, the contact centre's own code passes.
        let answer = chat
            .send(NAME, &call(NAME), json_answer(200, &failed))
            .await;
        assert_eq!((answer.status, answer.json()), (200, failed.clone()));
        // A rejected session token passes in both forms.
        let token = json!({"resultCode": "401", "resultDesc": "token"});
        let answer = chat
            .send(NAME, &for_a_file(), json_answer(401, &token))
            .await;
        assert_eq!((answer.status, answer.json()), (401, token));
    }
}

#[tokio::test]
async fn a_missing_file_is_logged_alike_in_both_forms() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for code in ["401", "13"] {
        for request in [call(NAME), for_a_file()] {
            let answer = json_answer(200, &json!({"resultCode": code, "resultDesc": "no"}));
            chat.send(NAME, &request, answer).await;
        }
    }
    let unknown = json!({"error_code": "APIG.0101", "error_msg": "The API does not exist"});
    for request in [call(NAME), for_a_file()] {
        chat.send(NAME, &request, json_answer(404, &unknown)).await;
    }
    let log = chat.gateway.stop().await;
    let lines = log_lines(&log, "chat call");
    let outcomes = lines.iter().map(|line| line["outcome"].as_str());
    let outcomes: Vec<_> = outcomes.flatten().collect();
    assert_eq!(outcomes[..4], ["refused_by_upstream"; 4], "{log}");
    assert_eq!(outcomes[4..], ["failed_by_upstream"; 2], "{log}");
}

#[tokio::test]
async fn what_is_not_base64_is_not_a_file() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for answer in [
        json!({"resultCode": "0", "fileStream": "%%%"}),
        json!({"resultCode": "0", "fileStream": 7}),
    ] {
        for request in [call(NAME), for_a_file()] {
            let answer = chat.send(NAME, &request, json_answer(200, &answer)).await;
            answer.assert_chat_refused(500, "13", "upstream_invalid_answer", &[]);
        }
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_the_largest_is_not() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[("MAX_DOWNLOAD_BYTES", "30000")]).await;
        for request in [call(NAME), for_a_file()] {
            let largest = chat
                .send(NAME, &request, file_answer(&[0x80].repeat(30_000)))
                .await;
            assert_eq!(largest.status, 200, "{}", largest.text);
            let answer = chat
                .send(NAME, &request, file_answer(&[0x80].repeat(30_001)))
                .await;
            answer.assert_chat_refused(200, "3", "too_large", &["30000"]);
            assert_eq!(answer.json()["details"]["limitBytes"], 30_000);
        }
    }
}
