//! `downloadFileStream`: requests, responses, and the media type of files.

use bytes::Bytes;
use ccmessaging_core::chat::{
    ChatResponse, DownloadRequest, DownloadType, ResponseError, media_type_of_download,
};
use ccmessaging_core::{BmpSpelling, CanonicalBase64, FileType};
use proptest::prelude::*;
use serde_json::{Value, json};

fn parse(body: &Value) -> Result<DownloadRequest, String> {
    DownloadRequest::from_json(body.to_string().as_bytes())
        .map_err(|error| error.reason_code().to_owned())
}

#[test]
fn local_and_library_files_are_requested_as_documented() {
    let local = json!({"fileId": "local/b6ed", "channel": "WEB", "fileType": "pdf"});
    let request = parse(&local).expect("documented");
    assert_eq!(
        DownloadRequest::local("b6ed", DownloadType::Pdf),
        Ok(request.clone())
    );
    assert!(request.is_local());
    assert_eq!((request.file_id(), request.key()), ("local/b6ed", "b6ed"));
    let sent: Value = serde_json::from_slice(&request.to_json()).expect("JSON");
    assert_eq!(sent, local);

    let library =
        json!({"fileId": "b6ed", "channel": "WEB", "fileType": "jpg", "multiMedia": "multiMedia"});
    let request = parse(&library).expect("documented");
    assert_eq!(
        DownloadRequest::library("b6ed", FileType::Jpg),
        Ok(request.clone())
    );
    assert!(!request.is_local());
    let sent: Value = serde_json::from_slice(&request.to_json()).expect("JSON");
    assert_eq!(sent, library);
}

#[test]
fn types_are_sent_in_the_documented_spelling() {
    for (received, spelling, sent) in [
        ("jpeg", BmpSpelling::Bmp, "jpg"),
        ("PDF", BmpSpelling::Bmp, "pdf"),
        ("bpm", BmpSpelling::Bmp, "bmp"),
        ("BMP", BmpSpelling::Bpm, "bpm"),
        ("richtext", BmpSpelling::Bmp, "richtext"),
    ] {
        let body = json!({"fileId": "local/k", "channel": "WEB", "fileType": received});
        let request = parse(&body)
            .expect("documented")
            .with_bmp_spelling(spelling);
        let body: Value = serde_json::from_slice(&request.to_json()).expect("JSON");
        assert_eq!(body["fileType"], sent);
    }
    for file_type in FileType::ALL {
        let name = DownloadType::from(*file_type).name();
        assert_eq!(name.parse(), Ok(*file_type));
    }
}

#[test]
fn wrong_requests_are_rejected() {
    let request = json!({"fileId": "local/k", "channel": "WEB", "fileType": "pdf"});
    for (name, value, reason) in [
        ("fileId", json!(""), "missing_field"),
        ("fileId", json!("local/"), "invalid_value"),
        ("fileId", json!("local/../k"), "invalid_value"),
        ("fileId", json!("local/a\\..\\k"), "invalid_value"),
        ("fileId", json!("local/..%2fk"), "invalid_value"),
        ("fileId", json!("local/.%2E%5ck"), "invalid_value"),
        ("fileId", json!("local/%252e%2e/k"), "invalid_value"),
        ("fileId", json!("local/./k"), "invalid_value"),
        ("fileId", json!("local/a/%2e"), "invalid_value"),
        ("fileId", json!("local/\n"), "invalid_value"),
        ("fileId", json!("x".repeat(507)), "field_too_long"),
        // A library file without the member that marks it.
        ("fileId", json!("k"), "missing_field"),
        ("channel", json!("APP"), "unsupported_channel"),
        ("fileType", json!("exe"), "unsupported_type"),
        ("fileType", json!(null), "missing_field"),
        ("multiMedia", json!("multiMedia"), "invalid_value"),
        ("multiMedia", json!(true), "wrong_field_type"),
        ("fileUrl", json!("https://example.com"), "unknown_field"),
    ] {
        let mut body = request.clone();
        body[name] = value.clone();
        assert_eq!(parse(&body), Err(reason.to_owned()), "{name} {value}");
    }
    let body = json!({"fileId": "k", "channel": "WEB", "fileType": "jpg", "multiMedia": "yes"});
    assert_eq!(parse(&body), Err("invalid_value".to_owned()));
    assert!(DownloadRequest::library("local/k", FileType::Jpg).is_err());
}

fn response(body: &str) -> Result<ChatResponse, ResponseError> {
    ChatResponse::from_json(&Bytes::copy_from_slice(body.as_bytes()))
}

/// The file in a response, which may have five bytes.
fn file(body: &str) -> Result<Option<Bytes>, ResponseError> {
    response(body)?.take_file(5)
}

#[test]
fn a_response_has_a_file_or_says_why_not() {
    for (body, expected, code) in [
        (
            r#"{"fileStream":"aGVsbG8=","resultCode":"0","resultDesc":"success"}"#,
            Some("hello"),
            Some("0"),
        ),
        (r#"{"fileStream":"aGVsbG8="}"#, Some("hello"), None),
        (r#"{"fileStream":"aGVs\nbG8=\n"}"#, Some("hello"), None),
        (
            r#"{"fileStream":"aGVsbG8=","returnCode":0}"#,
            Some("hello"),
            Some("0"),
        ),
        // A failure has no file, whatever else it contains.
        (
            r#"{"fileStream":"aGVsbG8=","resultCode":"13"}"#,
            None,
            Some("13"),
        ),
        (r#"{"fileStream":"*","resultCode":"13"}"#, None, Some("13")),
        (
            r#"{"fileStream":false,"resultCode":"401"}"#,
            None,
            Some("401"),
        ),
        (r#"{"fileStream":"","resultCode":"0"}"#, None, Some("0")),
        (
            r#"{"fileStream":null,"resultCode":"401"}"#,
            None,
            Some("401"),
        ),
        (
            r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#,
            None,
            None,
        ),
    ] {
        let expected = expected.map(Bytes::from);
        let response = response(body).expect("documented");
        assert_eq!(response.code(), code, "{body}");
        assert_eq!(response.has_file(), expected.is_some());
        assert_eq!(file(body), Ok(expected), "{body}");
    }
    let described = response(r#"{"resultCode":"2","resultDesc":"param is null"}"#);
    let described = described.expect("documented");
    assert_eq!(described.description(), Some("param is null"));
}

#[test]
fn an_unusable_response_is_an_error() {
    for (body, error) in [
        ("<html>", ResponseError::NotAnObject),
        ("[]", ResponseError::NotAnObject),
        (
            r#"{"resultCode":"0","resultCode":"1"}"#,
            ResponseError::NotAnObject,
        ),
        (
            r#"{"resultCode":"0","returnCode":"1"}"#,
            ResponseError::AmbiguousCode,
        ),
        (
            r#"{"resultCode":true}"#,
            ResponseError::WrongType {
                member: "resultCode",
            },
        ),
        (
            r#"{"fileStream":1}"#,
            ResponseError::WrongType {
                member: "fileStream",
            },
        ),
        (
            r#"{"fileStream":"aGVsbG8h"}"#,
            ResponseError::TooLarge { limit_bytes: 5 },
        ),
    ] {
        assert_eq!(file(body), Err(error), "{body}");
    }
    let error = file(r#"{"fileStream":"???"}"#).expect_err("not Base64");
    assert!(matches!(error, ResponseError::NotBase64(_)), "{error:?}");
}

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// A ZIP archive of one stored file without content.
fn zip(path: &str) -> Vec<u8> {
    let length = u16::try_from(path.len()).expect("short").to_le_bytes();
    let local = [LOCAL_HEADER, &[0; 22], &length, &[0, 0], path.as_bytes()].concat();
    let central = [
        b"PK\x01\x02",
        &[0; 24][..],
        &length,
        &[0; 16],
        path.as_bytes(),
    ]
    .concat();
    let size = u32::try_from(central.len()).expect("short").to_le_bytes();
    let offset = u32::try_from(local.len()).expect("short").to_le_bytes();
    let end = [
        b"PK\x05\x06",
        &[0, 0, 0, 0, 1, 0, 1, 0][..],
        &size,
        &offset,
        &[0, 0],
    ]
    .concat();
    [local, central, end].concat()
}

#[test]
fn a_files_media_type_is_proven_by_its_content() {
    const UNKNOWN: &str = "application/octet-stream";
    let pdf = b"%PDF-1.7\n\x80\x81\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n";
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (file, expected) in [
        (&pdf[..], "application/pdf"),
        (
            b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF",
            "application/pdf",
        ),
        (b"%PDF-\0", UNKNOWN),
        (b"<html>\n%PDF-1.7\n1 0 obj\nstartxref\n0\n%%EOF\n", UNKNOWN),
        (&zip("word/document.xml"), docx),
        (&zip("xl/workbook.xml"), UNKNOWN),
        (&zip("photo.jpg"), "application/zip"),
        (b"PK\x03\x04\x80", UNKNOWN),
        (b"name,city\n", "text/plain"),
        (b"<!DOCTYPE html><p>", UNKNOWN),
        (b"\xEF\xBB\xBF <!-- x --><html>", UNKNOWN),
        (b"<?xml version=\"1.0\"?><svg/>", UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UNKNOWN),
        (b"{\\rtf1 x}", UNKNOWN),
        (b"\x7FELF\x02\x01\x01", UNKNOWN),
        (b"", UNKNOWN),
    ] {
        assert_eq!(
            media_type_of_download(file),
            expected,
            "{}",
            file.escape_ascii()
        );
    }
}

proptest! {
    #[test]
    fn no_request_panics_and_accepted_ones_are_stable(body in any::<Vec<u8>>()) {
        if let Ok(request) = DownloadRequest::from_json(&body) {
            prop_assert_eq!(DownloadRequest::from_json(&request.to_json()), Ok(request));
        }
    }

    #[test]
    fn any_file_is_decoded_within_its_limit(file in proptest::collection::vec(any::<u8>(), 1..500), limit in 0..500_usize) {
        let text = CanonicalBase64::encode(&file);
        let text = std::str::from_utf8(text.as_text()).expect("ASCII");
        let body = json!({"fileStream": text, "resultCode": "0"}).to_string();
        let decoded = response(&body).expect("documented").take_file(limit);
        if file.len() > limit {
            prop_assert_eq!(decoded, Err(ResponseError::TooLarge { limit_bytes: limit }));
        } else {
            prop_assert_eq!(decoded, Ok(Some(file.into())));
        }
    }

    #[test]
    fn no_response_panics(body in any::<Vec<u8>>()) {
        let response = ChatResponse::from_json(&Bytes::copy_from_slice(&body));
        let is_usable = response.is_ok_and(|mut response| response.take_file(100).is_ok());
        prop_assert!(!is_usable || serde_json::from_slice::<Value>(&body).is_ok_and(|value| value.is_object()));
    }

    #[test]
    fn markup_is_never_a_displayable_type(text in "(<\\?xml[a-z ]{0,9}\\?>)?[ \n]{0,5}(<!--[a-z ]{0,9}-->)?[ \n]{0,3}<(html|svg|!DOCTYPE html|HTML)[ >]\\PC{0,60}") {
        prop_assert_eq!(media_type_of_download(text.as_bytes()), "application/octet-stream");
    }
}
