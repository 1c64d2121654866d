//! Parsing responses to an upload.

use ccmessaging_client::UploadResponse;
use proptest::prelude::*;

#[test]
fn both_documented_spellings_are_read() {
    let stored = Some(UploadResponse::Stored {
        object_key: "k".into(),
    });
    assert_eq!(
        UploadResponse::parse(br#"{"returnCode":"0","objectKey":"k"}"#),
        stored
    );
    assert_eq!(
        UploadResponse::parse(br#"{"resultCode":"0","resultDesc":"ok","objectKey":"k"}"#),
        stored
    );
    for code in ["2", "3", "13"] {
        let rejected = Some(UploadResponse::Rejected {
            return_code: code.into(),
        });
        assert_eq!(
            UploadResponse::parse(format!(r#"{{"returnCode":"{code}"}}"#).as_bytes()),
            rejected
        );
        assert_eq!(
            UploadResponse::parse(format!(r#"{{"resultCode":"{code}"}}"#).as_bytes()),
            rejected
        );
    }
}

#[test]
fn an_object_of_another_shape_is_a_response() {
    let fabric =
        br#"{"errorCode":"0","exceptionInfo":"auth fail! illegal or expired token info."}"#;
    assert_eq!(UploadResponse::parse(fabric), Some(UploadResponse::Other));
    assert_eq!(
        UploadResponse::parse(br#"{"objectKey":7}"#),
        Some(UploadResponse::Other)
    );
}

/// The rows of the table of faults contain further invalid responses.
#[test]
fn null_keys_and_other_values_are_invalid() {
    for body in [
        r#"{"returnCode":"0","objectKey":null}"#,
        r#"["0",null,"k"]"#,
        "\"0\"",
    ] {
        assert_eq!(UploadResponse::parse(body.as_bytes()), None, "{body}");
    }
}

#[test]
fn two_return_codes_may_agree() {
    let agreeing = br#"{"returnCode":"0","resultCode":"0","objectKey":"k"}"#;
    assert!(matches!(
        UploadResponse::parse(agreeing),
        Some(UploadResponse::Stored { .. })
    ));
    let differing = br#"{"returnCode":"13","resultCode":"0","objectKey":"k"}"#;
    assert_eq!(UploadResponse::parse(differing), None);
}

proptest! {
    #[test]
    fn parsing_never_panics(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = UploadResponse::parse(&body);
    }
}
