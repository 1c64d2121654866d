//! The JSON body: what is accepted, what is rejected, and in which order.

use ccmessaging_core::{
    Absence, Declared, Field, FileType, JsonKind, ReturnCode, UploadError, UploadRequest,
};
use proptest::prelude::*;

fn refused(body: &str) -> UploadError {
    UploadRequest::from_json(body.to_owned())
        .map(|request| format!("{request:?}"))
        .expect_err("the body must be refused")
}

#[test]
fn the_documented_body_is_read() {
    let body = r#"{"fileType":"jpg","fileStream":"AAAA","channel":"WEB"}"#;
    assert!(UploadRequest::from_json(body).is_ok());
}

#[test]
fn unknown_fields_of_any_shape_are_ignored() {
    let body = r#"{"a":{"fileType":1},"b":[[],{}],"fileType":"jpg","c":null,"d":-1.5e9,
        "fileStream":"AAAA","e":true,"channel":"WEB","f":"\u00e9"}"#;
    assert!(UploadRequest::from_json(body).is_ok());
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let body = "\u{feff}{\"fileType\":\"jpg\",\"fileStream\":\"AAAA\",\"channel\":\"WEB\"}";
    assert!(UploadRequest::from_json(body).is_ok());
}

#[test]
fn a_body_that_is_not_json_is_rejected_at_its_position() {
    let cases = [
        ("", 0),
        ("   ", 3),
        ("{", 1),
        ("{\"fileType\":\"jpg\",}", 18),
        ("{\"fileType\":\n\"jpg\" \"channel\"}", 19),
        ("{\"fileType\":\"jpg\"} x", 19),
        ("fileType=jpg", 1),
        ("{\"fileType\":\"\\x\"}", 14),
        ("{\"fileType\":\"\\ud800\"}", 19),
        ("{\"fileType\":\"a\u{1}\"}", 14),
    ];
    for (body, expected) in cases {
        match refused(body) {
            UploadError::NotJson { position, .. } => assert_eq!(position, expected, "{body:?}"),
            other => panic!("{body:?}: {other:?}"),
        }
    }
}

#[test]
fn what_a_body_is_instead_of_json_is_named() {
    use ccmessaging_core::JsonProblem;
    let mut jpg = b"\xFF\xD8\xFF\xDB\0\x43\0".to_vec();
    jpg.extend([1; 64]);
    jpg.extend(b"\xFF\xC0\0\x0B\x08\0\x10\0\x10\x01\x01\x11\0");
    let form = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n";
    let broken = b"{\"fileType\":\"jpg\",\n\"fileStream\":\"AAAA\nAAAA\n\"}";
    let returned = b"{\"fileStream\":\"AAAA\r\nAAAA\"}";
    for (body, position, problem) in [
        (b" \r\n".as_slice(), 3, JsonProblem::Empty),
        (&jpg, 0, JsonProblem::File(FileType::Jpg)),
        (form, 1, JsonProblem::Form),
        (broken, 37, JsonProblem::LineBreak),
        (returned, 19, JsonProblem::LineBreak),
    ] {
        let error = UploadRequest::from_json(body.to_vec()).expect_err("refused");
        assert_eq!(error, UploadError::NotJson { position, problem });
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_rejected() {
    let documented = b"\"fileType\":\"txt\",\"fileStream\":\"QUJD\",\"channel\":\"WEB\"}";
    for before in [b"{\"fileType\":\"\xFF\",".as_slice(), b"{\"x\":\"\xFF\","] {
        let body = [before, documented].concat();
        let position = before.iter().position(|&byte| byte == 0xFF);
        let error = UploadRequest::from_json(body).expect_err("refused");
        assert!(matches!(error, UploadError::NotJson { .. }), "{error:?}");
        assert_eq!(error.position(), position);
    }
}

#[test]
fn json_that_is_not_an_object_is_rejected_by_its_kind() {
    let cases = [
        ("null", JsonKind::Null),
        ("true", JsonKind::Boolean),
        ("12", JsonKind::Number),
        ("1e999", JsonKind::Number),
        ("\"{}\"", JsonKind::String),
        ("[{}]", JsonKind::Array),
    ];
    for (body, found) in cases {
        assert_eq!(refused(body), UploadError::NotAnObject { found });
    }
}

#[test]
fn a_field_named_twice_is_rejected_even_if_unknown_or_escaped() {
    let documented = r#""fileType":"jpg","fileStream":"AAAA","channel":"WEB""#;
    for extra in [
        r#""channel":"WEB""#,
        r#""fileTyp\u0065":"png""#,
        r#""x":1,"x":1"#,
        r#""fileStream":null"#,
    ] {
        let error = refused(&format!("{{{documented},{extra}}}"));
        assert!(
            matches!(error, UploadError::DuplicateField { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn field_names_are_case_sensitive() {
    let error = refused(r#"{"filetype":"jpg","fileStream":"AAAA","channel":"WEB"}"#);
    assert_eq!(
        error.to_string(),
        "fileType is missing; send one of jpg, png, bmp, mp3, aac, mp4, txt, csv"
    );
}

#[test]
fn sixty_four_fields_are_read_and_one_more_is_rejected() {
    let body = |extra: usize| {
        let names: Vec<String> = (0..extra).map(|n| format!(",\"x{n}\":0")).collect();
        let names = names.concat();
        format!(r#"{{"fileType":"jpg","fileStream":"AAAA","channel":"WEB"{names}}}"#)
    };
    assert!(UploadRequest::from_json(body(61)).is_ok());
    assert_eq!(refused(&body(62)), UploadError::TooManyFields { limit: 64 });
}

#[test]
fn every_field_may_be_missing_in_three_ways() {
    for field in Field::JSON {
        for (value, absence) in [
            (None, Absence::Absent),
            (Some("null"), Absence::Null),
            (Some("\"\""), Absence::Empty),
        ] {
            let error = refused(&body_with(field, value));
            assert_eq!(error, UploadError::Missing { field, absence });
            assert_eq!(error.return_code(), ReturnCode::MissingParameter);
            assert_eq!(error.field(), Some(field));
        }
    }
}

#[test]
fn every_field_must_be_a_string() {
    for field in Field::JSON {
        for (value, found) in [
            ("true", JsonKind::Boolean),
            ("1", JsonKind::Number),
            ("-1", JsonKind::Number),
            ("1.5", JsonKind::Number),
            ("1e999", JsonKind::Number),
            ("-1e999", JsonKind::Number),
            ("[\"a\"]", JsonKind::Array),
            ("{\"a\":\"b\"}", JsonKind::Object),
        ] {
            let error = refused(&body_with(field, Some(value)));
            assert_eq!(error, UploadError::WrongType { field, found });
            assert_eq!(error.return_code(), ReturnCode::IncorrectParameter);
        }
    }
}

#[test]
fn a_missing_field_is_reported_before_a_wrong_one() {
    let error = refused(r#"{"fileType":1,"fileStream":"AAAA"}"#);
    assert_eq!(error.field(), Some(Field::Channel));
    assert_eq!(error.return_code(), ReturnCode::MissingParameter);
}

#[test]
fn a_number_of_any_size_is_json() {
    let documented = r#""fileType":"jpg","fileStream":"AAAA","channel":"WEB""#;
    let unknown = format!(r#"{{"x":1e999,{documented},"y":[-1e999]}}"#);
    assert!(UploadRequest::from_json(unknown).is_ok());
    for (body, expected) in [
        (
            r#"{"fileType":1e999,"fileStream":"","channel":"WEB"}"#,
            UploadError::Missing {
                field: Field::FileStream,
                absence: Absence::Empty,
            },
        ),
        (
            r#"{"fileType":1e999,"channel":"W\u0045B","fileStream":null}"#,
            UploadError::Missing {
                field: Field::FileStream,
                absence: Absence::Null,
            },
        ),
        (
            r#"{"fileType":1e999,"fileStream":"AAAA","channel":true}"#,
            UploadError::WrongType {
                field: Field::FileType,
                found: JsonKind::Number,
            },
        ),
    ] {
        assert_eq!(refused(body), expected, "{body}");
    }
}

#[test]
fn behind_a_number_of_any_size_the_rest_must_be_json() {
    let body = r#"{"fileType":1e999,"fileStream":"AAAA","channel":"WEB"} x"#;
    let error = refused(body);
    assert!(matches!(error, UploadError::NotJson { .. }), "{error:?}");
    assert_eq!(error.position(), Some(body.len() - 1));
}

#[test]
fn an_error_shows_only_the_beginning_of_a_long_name() {
    let name = "n".repeat(5_000);
    let error = refused(&format!("{{\"{name}\":1,\"{name}\":2}}"));
    assert!(error.to_string().len() < 120, "{error}");
}

#[test]
fn debug_output_does_not_show_the_file() {
    let body = r#"{"fileType":"jpg","fileStream":"c2VjcmV0","channel":"WEB"}"#;
    let request = UploadRequest::from_json(body).expect("read");
    assert!(!format!("{request:?}").contains("c2VjcmV0"));
}

#[test]
fn declared_type_is_available_before_validation() {
    let body = r#"{"fileType":"EXE","fileStream":"c2VjcmV0","channel":"WEB"}"#;
    let request = UploadRequest::from_json(body).expect("read");
    assert_eq!(request.declared(), &Declared::Spelling("EXE".to_owned()));
    assert_eq!(request.declared().as_str(), Some("EXE"));
    assert_eq!(request.declared().file_type(), None);
    let typed = UploadRequest::from_file("a", FileType::Jpg);
    assert_eq!(typed.declared().as_str(), Some("jpg"));
    let unknown = UploadRequest::from_file("a", Declared::Unknown);
    assert_eq!(unknown.declared().as_str(), None);
}

/// The documented body with one field's value replaced, or the field left out.
fn body_with(changed: Field, value: Option<&str>) -> String {
    let fields: Vec<String> = Field::JSON
        .into_iter()
        .zip(["\"jpg\"", "\"AAAA\"", "\"WEB\""])
        .filter_map(|(field, usual)| {
            let value = if field == changed { value } else { Some(usual) };
            value.map(|value| format!("\"{field}\":{value}"))
        })
        .collect();
    format!("{{{}}}", fields.join(","))
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..128)) {
        let _ = UploadRequest::from_json(body);
    }

    #[test]
    fn invalid_json_is_never_accepted(
        body in r#"\{("(fileType|fileStream|channel|x)":("a"|1|null|\[\]|\{"x":0\}|tru),?){0,5}\}?"#,
    ) {
        let general = serde_json::from_str::<serde_json::Value>(&body);
        match UploadRequest::from_json(body) {
            Err(UploadError::NotJson { .. }) => prop_assert!(general.is_err()),
            _ => prop_assert!(general.is_ok()),
        }
    }
}
