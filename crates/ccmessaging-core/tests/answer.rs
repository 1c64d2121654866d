//! Reading the upstream's answers and writing the gateway's own.

use ccmessaging_core::{Answer, Details, ReturnCode, UpstreamAnswer};
use proptest::prelude::*;

#[test]
fn both_documented_spellings_are_read() {
    let stored = Some(UpstreamAnswer::Stored {
        object_key: "k".into(),
    });
    assert_eq!(
        UpstreamAnswer::parse(br#"{"returnCode":"0","objectKey":"k"}"#),
        stored
    );
    assert_eq!(
        UpstreamAnswer::parse(br#"{"resultCode":"0","resultDesc":"ok","objectKey":"k"}"#),
        stored
    );
    for code in ["2", "3", "13"] {
        let refused = Some(UpstreamAnswer::Refused {
            return_code: code.into(),
        });
        assert_eq!(
            UpstreamAnswer::parse(format!(r#"{{"returnCode":"{code}"}}"#).as_bytes()),
            refused
        );
        assert_eq!(
            UpstreamAnswer::parse(format!(r#"{{"resultCode":"{code}"}}"#).as_bytes()),
            refused
        );
    }
}

#[test]
fn an_object_of_another_shape_is_still_an_answer() {
    let fabric =
        br#"{"errorCode":"0","exceptionInfo":"auth fail! illegal or expired token info."}"#;
    assert_eq!(UpstreamAnswer::parse(fabric), Some(UpstreamAnswer::Other));
    assert_eq!(
        UpstreamAnswer::parse(br#"{"objectKey":7}"#),
        Some(UpstreamAnswer::Other)
    );
}

#[test]
fn success_without_a_key_and_what_is_no_object_are_no_answers() {
    for body in [
        r#"{"returnCode":"0"}"#,
        r#"{"returnCode":"0","objectKey":""}"#,
        r#"{"returnCode":"0","objectKey":null}"#,
        r#"{"returnCode":"0","objectKey":7}"#,
        r#"{"returnCode":"0","objectKey":"k""#,
        r#"[{"returnCode":"0","objectKey":"k"}]"#,
        r#"["0",null,"k"]"#,
        "[]",
        "\"0\"",
        "",
        "<html></html>",
    ] {
        assert_eq!(UpstreamAnswer::parse(body.as_bytes()), None, "{body}");
    }
}

#[test]
fn an_answer_with_two_return_codes_is_none_unless_they_agree() {
    for body in [
        r#"{"returnCode":"0","resultCode":"13","objectKey":"k"}"#,
        r#"{"returnCode":"13","resultCode":"0","objectKey":"k"}"#,
        r#"{"returnCode":"13","returnCode":"0","objectKey":"k"}"#,
    ] {
        assert_eq!(UpstreamAnswer::parse(body.as_bytes()), None, "{body}");
    }
    let agreeing = br#"{"returnCode":"0","resultCode":"0","objectKey":"k"}"#;
    assert!(matches!(
        UpstreamAnswer::parse(agreeing),
        Some(UpstreamAnswer::Stored { .. })
    ));
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

#[test]
fn the_gateways_answer_has_the_documented_shape() {
    let answer = Answer::new(ReturnCode::IncorrectParameter, "a \"quoted\" sentence");
    let json: serde_json::Value = serde_json::from_slice(&answer.to_json()).expect("JSON");
    assert_eq!(
        json,
        serde_json::json!({"returnCode": "3", "returnDesc": "a \"quoted\" sentence"})
    );
}

#[test]
fn a_reason_follows_the_documented_members_and_has_no_empty_details() {
    let answer = Answer::new(ReturnCode::IncorrectParameter, "too much");
    let limited = Details {
        limit_bytes: Some(7),
        ..Details::default()
    };
    for (details, expected) in [
        (Details::default(), ""),
        (limited, r#","details":{"limitBytes":7}"#),
    ] {
        let answer = answer.clone().with_reason("too_large", details);
        let json = String::from_utf8(answer.to_json()).expect("JSON is UTF-8");
        let documented = r#"{"returnCode":"3","returnDesc":"too much","reasonCode":"too_large""#;
        assert_eq!(json, format!("{documented}{expected}}}"));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = UpstreamAnswer::parse(&body);
    }
}
