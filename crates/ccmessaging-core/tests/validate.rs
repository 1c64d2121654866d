//! Validation of parsed requests.

use ccmessaging_core::sniff::Found;
use ccmessaging_core::{
    Declared, Family, Field, FileProblem, FileType, Limits, Policy, ReturnCode, UploadError,
    UploadRequest, ValidatedUpload,
};

const TEXT: &str = "name,city\n";
/// `TEXT` in Base64.
const ENCODED: &str = "bmFtZSxjaXR5Cg==";

fn body(file_type: &str, file_stream: &str, channel: &str) -> String {
    format!(r#"{{"fileType":"{file_type}","fileStream":"{file_stream}","channel":"{channel}"}}"#)
}

fn validated(body: String, policy: &Policy) -> Result<ValidatedUpload, UploadError> {
    UploadRequest::from_json(body)?.validate(policy)
}

/// How a request with the default limits is refused.
fn refused(body: String) -> UploadError {
    validated(body, &Policy::default()).expect_err("refused")
}

/// An error about the file in `fileStream`.
fn about_file(problem: FileProblem) -> UploadError {
    UploadError::File {
        field: Field::FileStream,
        problem,
    }
}

#[test]
fn an_unsupported_type_or_channel_is_rejected_by_name() {
    assert_eq!(
        refused(body("exe", ENCODED, "WEB")).to_string(),
        "fileType: \"exe\" is not supported; send one of jpg, png, bmp, mp3, aac, mp4, txt, csv"
    );
    for channel in ["web", "WEB ", "PHONE"] {
        let sentence = refused(body("txt", ENCODED, channel)).to_string();
        assert!(sentence.starts_with("channel: "), "{sentence}");
        assert!(sentence.ends_with("send \"WEB\""), "{sentence}");
    }
}

#[test]
fn a_data_url_must_agree_with_the_declared_type() {
    let request = body("txt", &format!("data:image/png;base64,{ENCODED}"), "WEB");
    let error = refused(request);
    assert!(
        matches!(error, UploadError::MediaTypeMismatch { .. }),
        "{error:?}"
    );
}

#[test]
fn a_data_url_of_a_table_agrees_with_text() {
    for media_type in ["text/csv", "application/csv", "application/vnd.ms-excel"] {
        for declared in ["txt", "csv"] {
            let url = format!("data:{media_type};base64,{ENCODED}");
            let upload = validated(body(declared, &url, "WEB"), &Policy::default());
            assert_eq!(upload.expect("text").spelling(), declared);
        }
    }
    let url = format!("data:application/vnd.ms-excel;base64,{ENCODED}");
    let error = refused(body("png", &url, "WEB"));
    assert_eq!(error.reason_code(), "media_type_mismatch");
}

#[test]
fn a_data_url_without_base64_is_rejected() {
    for url in ["data:text/plain,abc", "data:", "data:text/plain;base64"] {
        let error = refused(body("txt", url, "WEB"));
        assert_eq!(error.position(), Some(0), "{error:?}");
    }
}

#[test]
fn positions_count_from_the_beginning_of_the_field() {
    let request = body("txt", r"data:text\/plain;base64,AAAA*", "WEB");
    let error = refused(request);
    assert_eq!(error.position(), Some("data:text/plain;base64,AAAA".len()));
}

#[test]
fn the_position_of_a_placeholder_does_not_depend_on_escapes() {
    let prefix = "data:image/png;base64,";
    for word in ["null", r"n\u0075ll"] {
        let error = refused(body("png", &format!("{prefix}{word}"), "WEB"));
        assert_eq!(error.reason_code(), "not_base64");
        assert_eq!(error.position(), Some(prefix.len()), "{word}");
    }
}

#[test]
fn a_file_without_bytes_is_rejected_as_incorrect() {
    for file_stream in ["data:text/plain;base64,", " ", r"\n"] {
        let error = refused(body("txt", file_stream, "WEB"));
        assert_eq!(error, about_file(FileProblem::Empty));
        assert_eq!(error.return_code(), ReturnCode::IncorrectParameter);
    }
}

#[test]
fn a_byte_order_mark_alone_is_not_called_empty() {
    for mark in [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"] {
        let refused = UploadRequest::from_file(mark, "txt").validate(&Policy::default());
        let refused = refused.expect_err("no text");
        assert_eq!(
            refused.to_string(),
            "fileStream: the file contains only a byte order mark; send a file with text"
        );
        assert_eq!(refused.reason_code(), "empty_file");
    }
}

#[test]
fn a_text_that_only_resembles_a_description_of_an_object_is_accepted() {
    let heading = format!("#<h1>{}</h1>", "Meet me at noon. ".repeat(25));
    let uri = format!("{{\"uri\":\"file:///a\",\"note\":\"{}\"}}", "a".repeat(600));
    for text in [
        &heading,
        "#<h1>Time: noon</h1>",
        "System.Windows.Forms",
        "<note: 'call me'>",
        &uri,
    ] {
        let upload = UploadRequest::from_file(text.to_owned(), "txt").validate(&Policy::default());
        assert!(upload.is_ok(), "{text}");
    }
    let ruby = format!(
        "#<ActionDispatch::Http::UploadedFile:0x00007f @headers=\"{}\">",
        "a".repeat(300)
    );
    let bytes = format!("b'{}'", r"\xff\xd8".repeat(1_000));
    for text in [&*ruby, &bytes, "<FileStorage: 'a b.jpg' ('image/jpeg')>"] {
        let upload = UploadRequest::from_file(text.to_owned(), "txt").validate(&Policy::default());
        let error = upload.expect_err("a placeholder");
        assert_eq!(error.reason_code(), "damaged_in_transit", "{text}");
    }
}

#[test]
fn the_limit_of_a_family_is_exact() {
    for (limit, passes) in [
        (TEXT.len() - 1, false),
        (TEXT.len(), true),
        (TEXT.len() + 1, true),
    ] {
        let mut limits = Limits::uniform(0);
        limits.text_bytes = limit;
        let policy = Policy::default().with_limits(limits);
        let expected = if passes {
            Ok(TEXT.len())
        } else {
            Err(about_file(FileProblem::TooLarge {
                family: Family::Text,
                limit_bytes: limit,
                actual_bytes: TEXT.len(),
                is_converted: false,
            }))
        };
        let upload = validated(body("txt", ENCODED, "WEB"), &policy);
        assert_eq!(upload.map(|upload| upload.decoded_bytes()), expected);
    }
}

#[test]
fn the_limit_is_checked_before_the_content() {
    let policy = Policy::default().with_limits(Limits::uniform(1));
    let error = validated(body("jpg", ENCODED, "WEB"), &policy).expect_err("refused");
    let too_large = FileProblem::TooLarge {
        family: Family::Image,
        limit_bytes: 1,
        actual_bytes: TEXT.len(),
        is_converted: false,
    };
    assert_eq!(error, about_file(too_large));
}

#[test]
fn content_of_another_type_is_rejected() {
    let error = refused(body("jpg", ENCODED, "WEB"));
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
fn a_type_that_is_declared_without_a_spelling_is_proven_and_not_refined() {
    let upload = UploadRequest::from_file(TEXT, FileType::Csv).validate(&Policy::default());
    assert_eq!(upload.expect("text").spelling(), "csv");
    let refused = UploadRequest::from_file(TEXT, FileType::Png).validate(&Policy::default());
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
        let refused = UploadRequest::from_file("", Declared::Unknown)
            .in_field(field)
            .validate(&Policy::default())
            .expect_err("empty");
        assert_eq!(refused.field(), Some(field));
        let sentence = format!("{name}: the file is empty; send a file with at least one byte");
        assert_eq!(refused.to_string(), sentence);
    }
}

#[test]
fn content_of_no_supported_type_is_named_with_what_to_do() {
    let types = "send a jpg, png, bmp, mp3, aac, mp4, txt or csv file";
    for (file, expected) in [
        (
            &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..],
            "the content is HEIC (image/heic); HEIC photo: convert to JPG, or set the iPhone camera to 'Most Compatible'",
        ),
        (
            b"GIF89a\x01\0\x01\0\0\0\0;",
            "the content is GIF (image/gif); convert the image to JPG or PNG",
        ),
        (
            b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR",
            "the content is damaged, or only begins like PNG; save or export the file again",
        ),
        (
            b"name,city\nAda,\0\n",
            "the content is text with a NUL character (first at byte 14); remove the control characters, or export the text again without them",
        ),
        (
            b"\0\x9C\x01\x02",
            &format!("the content is of no known format; {types}"),
        ),
    ] {
        for declared in [Declared::Unknown, Declared::Other("heic")] {
            let refused = UploadRequest::from_file(file.to_vec(), declared);
            let refused = refused.validate(&Policy::default()).expect_err("refused");
            assert_eq!(refused.to_string(), format!("fileStream: {expected}"));
            assert_eq!(refused.position(), refused.details().position);
            let is_text = expected.contains("NUL");
            assert_eq!(refused.position(), is_text.then_some(14), "{refused}");
        }
    }
}

#[test]
fn a_channel_beside_a_file_is_checked_too() {
    let upload = || UploadRequest::from_file(TEXT, Declared::Unknown);
    let web = upload().with_channel("WEB").validate(&Policy::default());
    assert!(web.is_ok());
    let refused = upload().with_channel("web").validate(&Policy::default());
    let refused = refused.expect_err("another channel");
    assert_eq!(refused.field(), Some(Field::Channel));
}

#[test]
fn a_rejection_for_the_content_tells_what_was_found() {
    let gif = "GIF89a\u{1}\0\u{1}\0\0\0\0;";
    let media_type = |error: &UploadError| match error.found() {
        Some(Found::Format { media_type, .. }) => Some(*media_type),
        _ => None,
    };
    for request in [
        UploadRequest::from_file(gif, "png"),
        UploadRequest::from_file(gif, Declared::Unknown),
    ] {
        let error = request.validate(&Policy::default()).expect_err("refused");
        assert_eq!(media_type(&error), Some("image/gif"));
    }
    let error = UploadRequest::from_file("", "png").validate(&Policy::default());
    assert_eq!(error.expect_err("refused").found(), None);
}
