//! Reason codes and details of rejections.

use std::error::Error as _;

use ccmessaging_core::{
    Declared, FileType, Limits, Policy, ReturnCode, UploadError, UploadRequest,
};
use serde_json::{Value, json};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";

/// Reason code and details as JSON.
fn reason(error: &UploadError) -> (&'static str, Value) {
    let details = serde_json::to_value(error.details()).expect("JSON");
    (error.reason_code(), details)
}

fn limited() -> Policy {
    Policy::default().with_limits(Limits::uniform(100))
}

fn refused(request: Result<UploadRequest, UploadError>) -> UploadError {
    let upload = request.and_then(|request| request.validate(&limited()));
    upload.expect_err("refused")
}

fn body(file_type: &str, file_stream: &str, channel: &str) -> String {
    json!({"fileType": file_type, "fileStream": file_stream, "channel": channel}).to_string()
}

#[test]
fn every_rejection_of_a_body_has_its_reason() {
    let many: Vec<String> = (0..70).map(|n| format!("\"x{n}\":0")).collect();
    let cases = [
        ("{".to_owned(), "not_json", json!({"position": 1})),
        (
            "7".to_owned(),
            "not_json_object",
            json!({"detected": "number"}),
        ),
        (
            r#"{"channel":"WEB","channel":"WEB"}"#.to_owned(),
            "duplicate_field",
            json!({"field": "channel"}),
        ),
        (
            format!("{{{}}}", many.join(",")),
            "too_many_fields",
            json!({}),
        ),
        (
            r#"{"fileType":"jpg","fileStream":null,"totalChunks":2}"#.to_owned(),
            "malformed_form",
            json!({}),
        ),
        (
            r#"{"fileType":"jpg","fileStream":null}"#.to_owned(),
            "missing_field",
            json!({"field": "fileStream"}),
        ),
        (
            r#"{"fileType":"jpg","fileStream":[],"channel":"WEB"}"#.to_owned(),
            "wrong_field_type",
            json!({"field": "fileStream", "detected": "array"}),
        ),
        (
            body("e\u{1b}xe", "AAAA", "WEB"),
            "unsupported_type",
            json!({"field": "fileType", "declared": "e\\u{1b}xe"}),
        ),
        (
            body("jpg", "AAAA", "SMS"),
            "unsupported_channel",
            json!({"field": "channel", "declared": "SMS"}),
        ),
        (
            body("jpg", "AA*A", "WEB"),
            "not_base64",
            json!({"field": "fileStream", "position": 2}),
        ),
        (
            body("jpg", "data:image/heic;base64,AAAA", "WEB"),
            "media_type_mismatch",
            json!({"field": "fileStream", "declared": "jpg", "detected": "image/heic"}),
        ),
        (
            body("jpg", "data:;base64,", "WEB"),
            "empty_file",
            json!({"field": "fileStream"}),
        ),
        (
            body("jpg", &"A".repeat(136), "WEB"),
            "too_large",
            json!({"field": "fileStream", "limitBytes": 100, "actualBytes": 102}),
        ),
        (
            body("txt", "YWEAYg==", "WEB"),
            "content_mismatch",
            json!({"field": "fileStream", "declared": "txt", "detected": "binary", "position": 2}),
        ),
    ];
    for (body, code, details) in cases {
        let error = refused(UploadRequest::from_json(body.clone()));
        assert_eq!(reason(&error), (code, details), "{body}");
    }
}

#[test]
fn every_rejection_of_content_has_its_reason() {
    let damaged = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\0\0\0\0\0".as_slice();
    let unknown = b"\x01\x02\x03".as_slice();
    for (file, declared, code, details) in [
        (
            GIF,
            Declared::from("png"),
            "content_mismatch",
            json!({"declared": "png", "detected": "image/gif"}),
        ),
        (
            GIF,
            Declared::Unknown,
            "unsupported_content",
            json!({"detected": "image/gif"}),
        ),
        (
            damaged,
            Declared::from(FileType::Png),
            "content_mismatch",
            json!({"declared": "png", "detected": "damaged"}),
        ),
        (
            unknown,
            Declared::from(FileType::Mp3),
            "content_mismatch",
            json!({"declared": "mp3", "detected": "unknown"}),
        ),
        (b"", Declared::Unknown, "empty_file", json!({})),
    ] {
        let error = refused(Ok(UploadRequest::from_file(file, declared)));
        let mut expected = details;
        expected["field"] = json!("fileStream");
        assert_eq!(reason(&error), (code, expected));
    }
}

/// Programs such as `anyhow` print an error with its sources.
#[test]
fn no_source_repeats_the_message() {
    for request in [
        UploadRequest::from_json(body("jpg", "AA*A", "WEB")),
        Ok(UploadRequest::from_file(GIF, "png")),
        Ok(UploadRequest::from_file("", "png")),
    ] {
        let error = refused(request);
        assert!(error.source().is_none(), "{error}");
        if let UploadError::File { problem, .. } = error {
            assert!(problem.source().is_none(), "{problem}");
        }
    }
}

#[test]
fn at_most_32_characters_of_a_value_are_shown() {
    let error = refused(UploadRequest::from_json(body(
        &"é".repeat(33),
        "AAAA",
        "WEB",
    )));
    let shown = "é".repeat(32) + "…";
    assert_eq!(error.details().declared.as_deref(), Some(shown.as_str()));
    assert!(error.to_string().contains(&shown), "{error}");
}

#[test]
fn a_return_code_is_the_documented_number() {
    for code in [
        ReturnCode::Success,
        ReturnCode::MissingParameter,
        ReturnCode::IncorrectParameter,
        ReturnCode::UploadFailure,
    ] {
        assert_eq!((code as u8).to_string(), code.as_str());
    }
}
