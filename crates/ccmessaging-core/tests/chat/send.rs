//! `send` and `sendAsync`.

use ccmessaging_core::chat::{
    ChatError, ChatField, ControlType, MediaFormat, MessageKind, SendRequest, SentFile,
};
use ccmessaging_core::{ErrorClass, FileType, Policy, ReturnCode, UploadRequest};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The documented body, with `changes` made to it.
fn body(changes: &[(&str, Value)]) -> Vec<u8> {
    let mut body = json!({
        "channel": "WEB",
        "controlType": "CHAT",
        "from": "42",
        "to": "channel",
        "mediaType": "TEXT",
        "sourceType": "CUSTOMER",
        "content": "hello",
    });
    for (name, value) in changes {
        body[*name] = value.clone();
    }
    body.to_string().into_bytes()
}

fn parse(changes: &[(&str, Value)]) -> Result<SendRequest, ChatError> {
    SendRequest::from_json(&body(changes))
}

#[test]
fn every_documented_member_is_read_and_sent() {
    let changes = [
        ("senderNickname", json!("Ada")),
        ("senderAvatar", json!("https://example.com/ada.png")),
        ("timestamp", json!("1764496000000")),
        ("userAgent", json!("Mozilla/5.0")),
    ];
    let request = parse(&changes).expect("documented");
    assert_eq!(request.user_id(), "42");
    assert_eq!(request.channel_id(), "channel");
    assert_eq!(request.content(), Some("hello"));
    let sent: Value = serde_json::from_slice(&request.to_json()).expect("JSON");
    let received: Value = serde_json::from_slice(&body(&changes)).expect("JSON");
    assert_eq!(sent, received);
}

#[test]
fn requests_for_rust_callers_equal_their_json() {
    let text = SendRequest::text("42", "channel", "hello").expect("valid");
    assert_eq!(parse(&[]).expect("valid"), text);
    for (request, control_type) in [
        (SendRequest::connect("42", "channel"), "CONNECT"),
        (
            SendRequest::transfer_to_agent("42", "channel"),
            "TRANS2AGENT",
        ),
        (SendRequest::disconnect("42", "channel"), "DISCONNECT"),
    ] {
        let parsed = parse(&[
            ("controlType", json!(control_type)),
            ("content", json!(null)),
        ]);
        assert_eq!(parsed, request, "{control_type}");
    }
    let named = text
        .with_timestamp(7)
        .with_sender_nickname("Ada")
        .and_then(|named| named.with_sender_avatar("https://example.com/ada.png"))
        .and_then(|named| named.with_user_agent("curl"))
        .expect("valid");
    assert_eq!(SendRequest::from_json(&named.to_json()), Ok(named));
}

#[test]
fn what_the_agent_sees_of_a_customer_is_checked() {
    for (name, value) in [
        ("senderNickname", "é".repeat(128)),
        ("senderNickname", String::new()),
        (
            "senderAvatar",
            "HTTP://example.com/ada.png?size=9#x".to_owned(),
        ),
        ("senderAvatar", format!("https://{}", "x".repeat(2040))),
        ("senderAvatar", String::new()),
        ("userAgent", "x".repeat(1024)),
    ] {
        assert!(parse(&[(name, json!(value))]).is_ok(), "{name} {value}");
    }
    for (name, value, reason) in [
        ("senderNickname", "x".repeat(129), "field_too_long"),
        (
            "senderNickname",
            "Ada\u{202e}\n".to_owned(),
            "invalid_value",
        ),
        (
            "senderAvatar",
            "javascript:alert(1)".to_owned(),
            "invalid_value",
        ),
        (
            "senderAvatar",
            "javascript://x/%0Aalert(1)".to_owned(),
            "invalid_value",
        ),
        (
            "senderAvatar",
            "data:image/svg+xml,<svg/>".to_owned(),
            "invalid_value",
        ),
        (
            "senderAvatar",
            "//example.com/ada.png".to_owned(),
            "invalid_value",
        ),
        ("senderAvatar", "https://".to_owned(), "invalid_value"),
        (
            "senderAvatar",
            "https://example.com/a b".to_owned(),
            "invalid_value",
        ),
        (
            "senderAvatar",
            "https://example.com/\0".to_owned(),
            "invalid_value",
        ),
        (
            "senderAvatar",
            format!("https://{}", "x".repeat(2041)),
            "field_too_long",
        ),
        ("userAgent", "x".repeat(1025), "field_too_long"),
        ("userAgent", "a\r\nb".to_owned(), "invalid_value"),
    ] {
        let error = parse(&[(name, json!(value))]).expect_err(name);
        assert_eq!(error.reason_code(), reason, "{name} {value}: {error}");
        assert_eq!(error.field().map(ChatField::name), Some(name));
    }
    let error = parse(&[("from", json!("4\n2"))]).expect_err("a line break");
    assert!(error.to_string().contains("control characters"), "{error}");
    let error = parse(&[("senderNickname", json!("x".repeat(129)))]).expect_err("too long");
    assert_eq!(error.details().limit_characters, Some(128));
    let text = SendRequest::text("42", "channel", "hello").expect("valid");
    assert!(
        text.clone()
            .with_sender_avatar("javascript:alert(1)")
            .is_err()
    );
    assert!(text.clone().with_sender_nickname("\n").is_err());
    assert!(text.with_user_agent("\n").is_err());
}

#[test]
fn a_user_id_of_more_than_24_characters_is_rejected_with_a_sentence() {
    let longest = "é".repeat(24);
    assert!(parse(&[("from", json!(longest))]).is_ok());
    let error = parse(&[("from", json!("x".repeat(25)))]).expect_err("too long");
    assert_eq!(
        error.to_string(),
        "from has 25 characters, but may have at most 24; send the user's id, 1 to 24 characters"
    );
    assert_eq!(error.reason_code(), "field_too_long");
    assert_eq!(error.result_code(), ReturnCode::IncorrectParameter);
    assert_eq!(error.details().field.as_deref(), Some("from"));
}

#[test]
fn each_missing_member_is_named() {
    for name in [
        "channel",
        "controlType",
        "from",
        "to",
        "mediaType",
        "sourceType",
        "content",
    ] {
        for (value, word) in [(json!(null), "null"), (json!(""), "empty")] {
            let error = parse(&[(name, value)]).expect_err(name);
            assert_eq!(error.class(), ErrorClass::MissingField, "{name}: {error}");
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("{name} is {word}; "))
            );
        }
        let mut object: Value = serde_json::from_slice(&body(&[])).expect("JSON");
        object.as_object_mut().expect("an object").remove(name);
        let error = SendRequest::from_json(object.to_string().as_bytes()).expect_err(name);
        assert_eq!(error.reason_code(), "missing_field");
        assert_eq!(error.details().field.as_deref(), Some(name));
        let error = parse(&[(name, json!(1))]).expect_err(name);
        assert_eq!(error.reason_code(), "wrong_field_type");
        assert_eq!(error.details().detected.as_deref(), Some("number"));
    }
}

#[test]
fn undocumented_values_are_rejected() {
    for (name, value, reason) in [
        ("channel", json!("web"), "unsupported_channel"),
        ("controlType", json!("chat"), "invalid_value"),
        ("mediaType", json!("HTML"), "invalid_value"),
        ("sourceType", json!("AGENT"), "invalid_value"),
        ("from", json!("4\n2"), "invalid_value"),
        ("to", json!("c\u{0}"), "invalid_value"),
        ("to", json!("x".repeat(129)), "field_too_long"),
        ("timestamp", json!("now"), "invalid_value"),
        ("timestamp", json!(""), "invalid_value"),
        ("timestamp", json!(1), "wrong_field_type"),
        ("userAgent", json!([]), "wrong_field_type"),
        ("content", json!("x".repeat(1025)), "field_too_long"),
    ] {
        let error = parse(&[(name, value)]).expect_err(name);
        assert_eq!(error.reason_code(), reason, "{name}: {error}");
        assert_eq!(error.field().map(ChatField::name), Some(name));
        assert_eq!(error.class(), ErrorClass::InvalidField);
    }
}

#[test]
fn unknown_and_duplicate_members_are_rejected_by_name() {
    let error = parse(&[("objectKey", json!("b6ed"))]).expect_err("unknown");
    assert_eq!(error.reason_code(), "unknown_field");
    assert_eq!(error.details().field.as_deref(), Some("objectKey"));
    assert!(error.to_string().contains("controlType"), "{error}");
    let text = String::from_utf8(body(&[])).expect("UTF-8");
    for again in [r#""from":"43""#, r#""fr\u006fm":"43""#] {
        let twice = text.replacen('{', &format!("{{{again},"), 1);
        let error = SendRequest::from_json(twice.as_bytes()).expect_err("twice");
        assert_eq!(error.reason_code(), "duplicate_field");
        assert_eq!(error.class(), ErrorClass::MalformedBody);
    }
}

#[test]
fn a_body_that_is_not_json_is_reported_before_everything_else() {
    for (body, position) in [
        (&b""[..], 0),
        (b"{\"x\":1", 6),
        (b"{\"from\":\"\xFF\"}", 9),
        (b"{\"x\":1}}", 7),
        (b"{\"from\":\"a\x01\"}", 10),
        (b"{\"from\":\"\n\"}", 9),
        (b"{\"fr\x01om\":\"a\"}", 4),
        (b"\xEF\xBB\xBF{\"x\" 1}", 8),
    ] {
        match SendRequest::from_json(body).expect_err("not JSON") {
            ChatError::NotJson { position: at, .. } => {
                assert_eq!(at, position, "{}", body.escape_ascii());
            }
            other => panic!("{}: {other:?}", body.escape_ascii()),
        }
    }
    let text = String::from_utf8(body(&[])).expect("UTF-8");
    let half = text.replace("hello", r"\ud800");
    let error = SendRequest::from_json(half.as_bytes()).expect_err("half a character");
    assert_eq!(error.reason_code(), "not_json");
    let error = SendRequest::from_json(b"[1e999]").expect_err("no object");
    assert_eq!(error.reason_code(), "not_json_object");
    assert_eq!(error.details().detected.as_deref(), Some("array"));
}

#[test]
fn content_has_the_format_of_its_media_type() {
    let accepted = [
        ("TEXT", "a,b"),
        ("IMAGE", "b6ed"),
        ("IMAGE", "b6ed,jpg"),
        ("AUDIO", "b6ed,mp3"),
        ("VIDEO", "b6ed"),
        ("FILE", "cities.csv,12,b6ed,csv"),
        ("FILE_IMAGE", "b6ed,jpg"),
        ("FILE_VIDEO", "b6ed,mp4"),
        ("WEBCARD", "{\"any\":\"thing\"}"),
    ];
    for (media_type, content) in accepted {
        let request = parse(&[
            ("mediaType", json!(media_type)),
            ("content", json!(content)),
        ]);
        assert!(request.is_ok(), "{media_type} {content}: {request:?}");
    }
    for (media_type, content) in [
        ("IMAGE", ","),
        ("IMAGE", "b6ed,jpg,"),
        ("IMAGE", "b6 ed"),
        ("AUDIO", "b6ed,"),
        ("FILE", "b6ed"),
        ("FILE", "b6ed,csv"),
        ("FILE", "a,b.csv,12,b6ed,csv"),
        ("FILE", "cities.csv,12 KB,b6ed,csv"),
        ("FILE", ",12,b6ed,csv"),
        ("FILE_IMAGE", "b6ed"),
        ("FILE_IMAGE", "b6ed,mp4"),
        ("FILE_VIDEO", ",mp4"),
    ] {
        let error = parse(&[
            ("mediaType", json!(media_type)),
            ("content", json!(content)),
        ]);
        let error = error.expect_err(content);
        assert_eq!(
            error.reason_code(),
            "invalid_value",
            "{media_type} {content}"
        );
        assert_eq!(error.field(), Some(ChatField::Content));
    }
}

#[test]
fn content_is_bounded_and_readable() {
    let long = |length| "é".repeat(length);
    let file = |length| format!("{},12,b6ed,csv", long(length));
    for (media_type, content, reason) in [
        ("TEXT", "a\tb\r\nc\u{B}d\u{85}".to_owned(), None),
        ("TEXT", "a\0b".to_owned(), Some("invalid_value")),
        ("TEXT", "a\u{1B}[2Jb".to_owned(), Some("invalid_value")),
        ("FILE", file(255), None),
        ("FILE", file(256), Some("invalid_value")),
        ("WEBCARD", long(16_384), None),
        ("WEBCARD", long(16_385), Some("field_too_long")),
    ] {
        let request = parse(&[
            ("mediaType", json!(media_type)),
            ("content", json!(content)),
        ]);
        let error = request.err();
        let code = error.as_ref().map(ChatError::reason_code);
        assert_eq!(code, reason, "{media_type}");
    }
    let name = format!("{}.csv", long(300));
    let file = SentFile::new(FileType::Csv, &name, 9);
    let request = SendRequest::file("42", "channel", "k", &file, MediaFormat::ObjectKey);
    let content = request.expect("a name that is cut off");
    assert_eq!(content.content(), Some(&*format!("{},9,k,csv", long(255))));
}

#[test]
fn a_file_becomes_the_message_that_its_type_needs() {
    for (file_type, kind, key_alone, with_type) in [
        (FileType::Png, MessageKind::Image, "k", "k,png"),
        (FileType::Mp3, MessageKind::Audio, "k", "k,mp3"),
        (FileType::Mp4, MessageKind::Video, "k", "k,mp4"),
        (
            FileType::Csv,
            MessageKind::File,
            "a_b.csv,9,k,csv",
            "a_b.csv,9,k,csv",
        ),
    ] {
        let file = SentFile::new(file_type, "a,b.csv", 9);
        for (format, content) in [
            (MediaFormat::ObjectKey, key_alone),
            (MediaFormat::ObjectKeyAndType, with_type),
        ] {
            let request = SendRequest::file("42", "channel", "k", &file, format).expect("valid");
            assert_eq!(request.kind(), kind);
            assert_eq!(request.content(), Some(content));
            assert_eq!(request.control_type(), ControlType::Chat);
        }
    }
    let file = SentFile::new(FileType::Jpg, "a.jpg", 9);
    let error = SendRequest::file("42", "channel", "a,b", &file, MediaFormat::ObjectKey);
    assert_eq!(
        error.expect_err("a comma").field(),
        Some(ChatField::Content)
    );
}

#[test]
fn a_bitmap_is_spelled_as_in_its_upload() {
    let bitmap = include_bytes!("../../../../tests/samples/bgra.bmp").as_slice();
    for (declared, spelling) in [("BPM", "bpm"), ("bmp", "bmp")] {
        let upload = UploadRequest::from_file(bitmap, declared).validate(&Policy::default());
        let file = SentFile::of(&upload.expect("a bitmap"), "a.bmp");
        let content = file.content("k", MediaFormat::ObjectKeyAndType);
        assert_eq!(content, Ok(format!("k,{spelling}")));
    }
}

#[test]
fn neither_logs_nor_debug_output_contain_what_a_customer_wrote() {
    let request = parse(&[("content", json!("secret"))]).expect("valid");
    assert!(!format!("{request:?}").contains("secret"));
    for name in ["mediaType", "secret"] {
        let error = parse(&[(name, json!("secret"))]).expect_err("undocumented");
        assert!(error.to_string().contains("secret"));
        assert!(!error.redacted().contains("secret"), "{}", error.redacted());
    }
}

proptest! {
    #[test]
    fn no_body_panics_and_accepted_ones_are_stable(body in any::<Vec<u8>>()) {
        if let Ok(request) = SendRequest::from_json(&body) {
            prop_assert_eq!(SendRequest::from_json(&request.to_json()), Ok(request));
        }
    }

    #[test]
    fn any_text_arrives_as_it_was_sent(from in "\\PC{1,24}", to in "\\PC{1,64}", text in "[\\PC\t-\r]{1,200}") {
        let request = SendRequest::text(from, to, text).expect("valid");
        prop_assert_eq!(SendRequest::from_json(&request.to_json()), Ok(request));
    }

    #[test]
    fn a_file_of_any_name_makes_a_valid_message(name in ".{0,80}", bytes in any::<u32>()) {
        let file = SentFile::new(FileType::Txt, &name, bytes as usize);
        let request = SendRequest::file("42", "channel", "b6ed", &file, MediaFormat::ObjectKey);
        prop_assert!(request.is_ok(), "{:?}", request);
    }
}
