//! From a request to a payload: what is proven, what is refused, what is sent on.

use ccmessaging_core::sniff::Found;
use ccmessaging_core::{
    BmpSpelling, Family, Field, FileProblem, FileType, Limits, Payload, Policy, ReturnCode,
    UploadError, UploadRequest,
};

const TEXT: &str = "name,city\n";
/// `TEXT` in Base64.
const ENCODED: &str = "bmFtZSxjaXR5Cg==";

fn body(file_type: &str, file_stream: &str, channel: &str) -> String {
    format!(r#"{{"fileType":"{file_type}","fileStream":"{file_stream}","channel":"{channel}"}}"#)
}

fn payload(body: String, policy: &Policy) -> Result<String, UploadError> {
    let upload = UploadRequest::from_json(body)?.validate(policy)?;
    Ok(text(&upload.into_payload()))
}

/// An error about the file in `fileStream`.
fn about_file(problem: FileProblem) -> UploadError {
    UploadError::File {
        field: Field::FileStream,
        problem,
    }
}

fn text(payload: &Payload) -> String {
    let whole = payload.to_vec();
    assert_eq!(whole.len(), payload.len());
    assert_eq!(whole, payload.segments().collect::<Vec<_>>().concat());
    String::from_utf8(whole).expect("JSON is UTF-8")
}

#[test]
fn the_callers_spelling_is_sent_on_unchanged() {
    for spelling in ["csv", "CSV", "Csv", "txt", "TXT", "tXt"] {
        let sent = payload(body(spelling, ENCODED, "WEB"), &Policy::default());
        assert_eq!(sent, Ok(body(spelling, ENCODED, "WEB")));
    }
}

#[test]
fn what_is_sent_is_canonical_whatever_came() {
    for file_stream in [
        r"bmFtZSxjaXR5Cg",
        r"bmFtZSxj\r\naXR5Cg==",
        r"data:text\/csv;base64,bmFtZSxjaXR5Cg==",
        r"DATA:;BASE64,bmFtZSxjaXR5Cg==",
        r"data:text/plain;charset=utf-8;base64,bmFtZSxjaXR5Cg==",
        r"data:application/vnd.ms-excel;base64,bmFtZSxjaXR5Cg==",
        r"\u0062mFtZSxjaXR5Cg==",
    ] {
        let sent = payload(body("csv", file_stream, "WEB"), &Policy::default());
        assert_eq!(sent, Ok(body("csv", ENCODED, "WEB")), "{file_stream}");
    }
}

#[test]
fn fields_that_are_not_documented_are_not_sent_on() {
    let request =
        format!(r#"{{"token":"t","channel":"WEB","fileStream":"{ENCODED}","fileType":"txt"}}"#);
    assert_eq!(
        payload(request, &Policy::default()),
        Ok(body("txt", ENCODED, "WEB"))
    );
}

#[test]
fn an_unsupported_type_or_channel_is_refused_by_name() {
    let refused = |request| {
        payload(request, &Policy::default())
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(
        refused(body("exe", ENCODED, "WEB")),
        "fileType: \"exe\" is not supported; send one of jpg, png, bmp, mp3, aac, mp4, txt, csv"
    );
    for channel in ["web", "WEB ", "PHONE"] {
        let sentence = refused(body("txt", ENCODED, channel));
        assert!(sentence.starts_with("channel: "), "{sentence}");
        assert!(sentence.ends_with("send \"WEB\""), "{sentence}");
    }
}

#[test]
fn a_data_url_must_agree_with_the_declared_type() {
    let request = body("txt", &format!("data:image/png;base64,{ENCODED}"), "WEB");
    let error = payload(request, &Policy::default()).expect_err("refused");
    assert!(
        matches!(error, UploadError::MediaTypeMismatch { .. }),
        "{error:?}"
    );
}

#[test]
fn a_data_url_without_base64_is_refused() {
    for url in ["data:text/plain,abc", "data:", "data:text/plain;base64"] {
        let error = payload(body("txt", url, "WEB"), &Policy::default()).expect_err("refused");
        assert_eq!(error.position(), Some(0), "{error:?}");
    }
}

#[test]
fn positions_count_from_the_beginning_of_the_field() {
    let request = body("txt", r"data:text\/plain;base64,AAAA*", "WEB");
    let error = payload(request, &Policy::default()).expect_err("refused");
    assert_eq!(error.position(), Some("data:text/plain;base64,AAAA".len()));
}

#[test]
fn a_file_without_bytes_is_refused_as_incorrect() {
    for file_stream in ["data:text/plain;base64,", " ", r"\n"] {
        let error = payload(body("txt", file_stream, "WEB"), &Policy::default());
        let error = error.expect_err("refused");
        assert_eq!(error, about_file(FileProblem::Empty));
        assert_eq!(error.return_code(), ReturnCode::IncorrectParameter);
    }
}

#[test]
fn the_limit_of_a_family_is_exact() {
    for (limit, passes) in [
        (TEXT.len() - 1, false),
        (TEXT.len(), true),
        (TEXT.len() + 1, true),
    ] {
        let limits = Limits {
            text_bytes: limit,
            ..Limits::uniform(0)
        };
        let policy = Policy {
            limits,
            ..Policy::default()
        };
        let expected = if passes {
            Ok(body("txt", ENCODED, "WEB"))
        } else {
            Err(about_file(FileProblem::TooLarge {
                family: Family::Text,
                limit_bytes: limit,
                actual_bytes: TEXT.len(),
            }))
        };
        assert_eq!(payload(body("txt", ENCODED, "WEB"), &policy), expected);
    }
}

#[test]
fn the_limit_is_checked_before_the_content() {
    let policy = Policy {
        limits: Limits::uniform(1),
        ..Policy::default()
    };
    let error = payload(body("jpg", ENCODED, "WEB"), &policy).expect_err("refused");
    let too_large = FileProblem::TooLarge {
        family: Family::Image,
        limit_bytes: 1,
        actual_bytes: TEXT.len(),
    };
    assert_eq!(error, about_file(too_large));
}

#[test]
fn content_of_another_type_is_refused() {
    let error = payload(body("jpg", ENCODED, "WEB"), &Policy::default()).expect_err("refused");
    assert!(
        matches!(
            error,
            UploadError::File {
                problem: FileProblem::Mismatch(_),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .starts_with("fileStream: declared jpg, but "),
        "{error}"
    );
}

#[test]
fn a_file_without_a_declared_type_gets_the_newest_spelling() {
    let upload = UploadRequest::from_undeclared_file(TEXT).validate(&Policy::default());
    let upload = upload.expect("text");
    assert_eq!(upload.file_type(), FileType::Txt);
    assert_eq!(text(&upload.into_payload()), body("txt", ENCODED, "WEB"));
}

#[test]
fn an_inferred_bitmap_is_spelled_as_the_policy_says() {
    let bitmap =
        b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\0\0\xff\0".as_slice();
    for (bmp_spelling, expected) in [(BmpSpelling::Bmp, "bmp"), (BmpSpelling::Bpm, "bpm")] {
        let policy = Policy {
            bmp_spelling,
            ..Policy::default()
        };
        let upload = UploadRequest::from_undeclared_file(bitmap)
            .validate(&policy)
            .expect("bitmap");
        assert_eq!(upload.spelling(), expected);
        let declared = UploadRequest::from_file(bitmap, "BMP")
            .validate(&policy)
            .expect("bitmap");
        assert_eq!(declared.spelling(), "BMP");
        let typed = UploadRequest::from_file_of_type(bitmap, FileType::Bmp)
            .validate(&policy)
            .expect("bitmap");
        assert_eq!(typed.spelling(), expected);
    }
}

#[test]
fn a_type_that_is_declared_without_a_spelling_is_proven_and_not_refined() {
    let upload = UploadRequest::from_file_of_type(TEXT, FileType::Csv).validate(&Policy::default());
    assert_eq!(upload.expect("text").spelling(), "csv");
    let refused =
        UploadRequest::from_file_of_type(TEXT, FileType::Png).validate(&Policy::default());
    let refused = refused.expect_err("no image").to_string();
    assert!(refused.contains("declared png, but "), "{refused}");
}

#[test]
fn an_error_about_the_file_names_the_part_of_the_request_that_holds_it() {
    for (field, name) in [
        (Field::FileStream, "fileStream"),
        (Field::File, "file"),
        (Field::Body, "body"),
    ] {
        let refused = UploadRequest::from_undeclared_file("")
            .in_field(field)
            .validate(&Policy::default())
            .expect_err("empty");
        assert_eq!(refused.field(), Some(field));
        let sentence = format!("{name}: the file is empty; send a file with at least one byte");
        assert_eq!(refused.to_string(), sentence);
    }
}

#[test]
fn content_of_no_supported_type_is_named_where_it_can_be() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
    let refused = UploadRequest::from_undeclared_file(gif).validate(&Policy::default());
    let sentence = refused.expect_err("a GIF").to_string();
    assert!(
        sentence.starts_with("fileStream: the content is GIF (image/gif); send a jpg, "),
        "{sentence}"
    );
}

#[test]
fn a_channel_beside_a_file_is_checked_too() {
    let upload = || UploadRequest::from_undeclared_file(TEXT);
    let web = upload().with_channel("WEB").validate(&Policy::default());
    assert!(web.is_ok());
    let refused = upload().with_channel("web").validate(&Policy::default());
    let refused = refused.expect_err("another channel");
    assert_eq!(refused.field(), Some(Field::Channel));
}

#[test]
fn a_file_and_its_base64_in_json_give_the_same_payload() {
    let upload = UploadRequest::from_file(TEXT, "csv").validate(&Policy::default());
    let upload = upload.expect("text");
    assert_eq!(upload.decoded_bytes(), TEXT.len());
    assert_eq!(
        Ok(text(&upload.into_payload())),
        payload(body("csv", ENCODED, "WEB"), &Policy::default())
    );
}

#[test]
fn every_documented_spelling_is_known_in_any_case() {
    for spelling in [
        "JPG", "JPEG", "PNG", "BPM", "BMP", "MP3", "AAC", "MP4", "TXT", "CSV",
    ] {
        assert!(FileType::from_spelling(spelling).is_some());
        assert!(FileType::from_spelling(&spelling.to_lowercase()).is_some());
    }
    for spelling in ["", "jp", "jpgx", " jpg", "ＪＰＧ", "gif"] {
        assert_eq!(FileType::from_spelling(spelling), None);
    }
}

#[test]
fn a_refusal_for_the_content_tells_what_was_found() {
    let gif = "GIF89a\u{1}\0\u{1}\0\0\0\0;";
    let media_type = |error: &UploadError| match error.found() {
        Some(Found::Format { media_type, .. }) => Some(*media_type),
        _ => None,
    };
    for request in [
        UploadRequest::from_file(gif, "png"),
        UploadRequest::from_undeclared_file(gif),
    ] {
        let error = request.validate(&Policy::default()).expect_err("refused");
        assert_eq!(media_type(&error), Some("image/gif"));
    }
    let error = UploadRequest::from_file("", "png").validate(&Policy::default());
    assert_eq!(error.expect_err("refused").found(), None);
}
