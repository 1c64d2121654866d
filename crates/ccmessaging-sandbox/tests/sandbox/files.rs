//! Uploads and downloads.

use std::time::Duration;

use ccmessaging_sandbox::{Call, ManualClock, SizeLimits, Spelling, file_types};
use serde_json::{Value, json};

use crate::client::{Outgoing, sandbox, started};

#[tokio::test]
async fn a_file_is_stored_under_the_object_key_of_the_answer() {
    let sandbox = started().await;
    let reply = Outgoing::upload(&sandbox).send().await;

    assert_eq!(reply.status, 200);
    assert_eq!(reply.field("returnCode"), "0");
    let key = reply.field("objectKey");
    assert_eq!(reply.json(), json!({"returnCode": "0", "objectKey": key}));
    assert_eq!(sandbox.file(&key).await.as_deref(), Some(&b"hello"[..]));

    let uploads = sandbox.uploads();
    let [upload] = uploads.as_slice() else {
        panic!("one upload, found {uploads:?}");
    };
    assert_eq!(upload.object_key, key);
    assert_eq!(upload.file_type, "txt");
    assert_eq!(upload.bytes_len, 5);
    assert_eq!(
        upload.sha256,
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    );
    assert_eq!(sandbox.calls(Call::UploadFileStream), 1);
}

#[tokio::test]
async fn object_keys_are_random_uuids() {
    let sandbox = started().await;
    let first = Outgoing::upload(&sandbox).send().await.field("objectKey");
    let second = Outgoing::upload(&sandbox).send().await.field("objectKey");
    assert_ne!(first, second);
    for key in [first, second] {
        let uuid = uuid::Uuid::parse_str(&key).expect("a UUID");
        assert_eq!(uuid.get_version_num(), 4);
    }
}

#[tokio::test]
async fn the_other_edition_spells_the_answer_with_result_code_and_description() {
    let sandbox = sandbox()
        .answer_spelling(Spelling::ResultCode)
        .start()
        .await
        .unwrap();
    let good = Outgoing::upload(&sandbox).send().await;
    assert_eq!(good.field("resultCode"), "0");
    assert_eq!(good.field("resultDesc"), "success");
    assert!(!good.field("objectKey").is_empty());

    let bad = Outgoing::upload(&sandbox)
        .without_field("channel")
        .send()
        .await;
    let expected = json!({"resultCode": "2", "resultDesc": "Param is null"});
    assert_eq!(bad.json(), expected);
}

#[tokio::test]
async fn every_listed_file_type_is_taken_in_any_case() {
    let sandbox = started().await;
    let listed = [
        "JPG", "JPEG", "PNG", "BPM", "BMP", "MP3", "AAC", "MP4", "TXT", "CSV",
    ];
    assert!(file_types().eq(listed));
    for upper in listed {
        for spelled in [upper.to_owned(), upper.to_lowercase()] {
            let reply = Outgoing::upload(&sandbox)
                .field("fileType", json!(spelled))
                .send()
                .await;
            assert_eq!(reply.field("returnCode"), "0", "{spelled}");
            assert_eq!(sandbox.uploads().last().unwrap().file_type, spelled);
        }
    }
}

/// Sends an upload with one field changed and expects `code` with 200 and nothing stored.
async fn refused(field: &str, value: Option<Value>, code: &str) {
    let sandbox = started().await;
    let upload = Outgoing::upload(&sandbox);
    let spoilt = match &value {
        Some(value) => upload.field(field, value.clone()),
        None => upload.without_field(field),
    };
    let reply = spoilt.send().await;
    assert_eq!(reply.status, 200, "{field} {value:?}");
    assert_eq!(
        reply.json(),
        json!({"returnCode": code}),
        "{field} {value:?}"
    );
    assert_eq!(sandbox.uploads(), [], "{field} {value:?}");
}

#[tokio::test]
async fn a_missing_null_or_empty_parameter_is_answered_with_2() {
    for field in ["fileType", "fileStream", "channel"] {
        refused(field, None, "2").await;
        refused(field, Some(Value::Null), "2").await;
        refused(field, Some(json!("")), "2").await;
    }
}

#[tokio::test]
async fn a_parameter_of_the_wrong_json_type_is_answered_with_3() {
    for field in ["fileType", "fileStream", "channel"] {
        for value in [json!(1), json!(true), json!([]), json!({})] {
            refused(field, Some(value), "3").await;
        }
    }
}

#[tokio::test]
async fn an_unlisted_file_type_or_channel_is_answered_with_3() {
    for file_type in ["GIF", "TX", "TXT ", "text/plain"] {
        refused("fileType", Some(json!(file_type)), "3").await;
    }
    for channel in ["web", "APP", " WEB"] {
        refused("channel", Some(json!(channel)), "3").await;
    }
}

#[tokio::test]
async fn base64_that_is_not_canonical_is_answered_with_13() {
    let not_canonical = [
        "aGVsbG8",                         // padding missing
        "aGVsbG8==",                       // too much padding
        "aGVsbG9=",                        // trailing bits set
        "aGVs\nbG8=",                      // line break
        " aGVsbG8=",                       // leading space
        "-_-_",                            // the URL alphabet
        "data:text/plain;base64,aGVsbG8=", // a data URL
        "a",
        "====",
        "äöüß",
    ];
    for file in not_canonical {
        refused("fileStream", Some(json!(file)), "13").await;
    }
}

#[tokio::test]
async fn each_family_has_its_own_limit_which_is_itself_still_accepted() {
    let limits = SizeLimits {
        image_bytes: 10,
        audio_bytes: 20,
        video_bytes: 30,
        text_bytes: 40,
    };
    let sandbox = sandbox().max_file_bytes(limits).start().await.unwrap();
    for (file_type, limit) in [("PNG", 10), ("MP3", 20), ("MP4", 30), ("CSV", 40)] {
        for (length, code) in [(limit - 1, "0"), (limit, "0"), (limit + 1, "3")] {
            let file = data_encoding::BASE64.encode(&vec![0; length]);
            let reply = Outgoing::upload(&sandbox)
                .field("fileType", json!(file_type))
                .field("fileStream", json!(file))
                .send()
                .await;
            assert_eq!(reply.field("returnCode"), code, "{file_type} of {length}");
        }
    }
    assert_eq!(sandbox.uploads().len(), 8);
}

#[tokio::test]
async fn an_upload_that_is_not_a_json_object_is_answered_with_400() {
    let sandbox = started().await;
    for body in ["", "{", "[]", "\"x\"", "null", "fileType=txt", "\u{feff}{}"] {
        let reply = Outgoing::upload(&sandbox).raw_body(body).send().await;
        assert_eq!(reply.status, 400, "{body:?}");
        assert_eq!(reply.json(), json!({"returnCode": "3"}), "{body:?}");
    }
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn a_missing_unknown_or_malformed_access_token_is_answered_by_the_fabric_with_403() {
    let sandbox = started().await;
    let unused = sandbox.issue_access_token();
    let wrong = [
        None,
        Some("Bearer nonsense".to_owned()),
        Some("Bearer ".to_owned()),
        Some(unused.clone()),
        Some(format!("Basic {unused}")),
        Some(format!("Bearer  {unused}")),
    ];
    for authorization in wrong {
        let upload = Outgoing::upload(&sandbox);
        let upload = match &authorization {
            Some(value) => upload.header("authorization", value),
            None => upload.without_header("authorization"),
        };
        let reply = upload.send().await;
        assert_eq!(reply.status, 403, "{authorization:?}");
        assert_eq!(reply.field("errorCode"), "0");
        let info = reply.field("exceptionInfo");
        assert!(
            info.starts_with("auth fail! illegal or expired token info."),
            "{info}"
        );
    }
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn a_missing_or_foreign_app_key_is_answered_by_the_fabric_with_403() {
    let sandbox = started().await;
    let missing = Outgoing::upload(&sandbox).without_header("x-app-key");
    let foreign = Outgoing::upload(&sandbox).header("x-app-key", "another");
    for upload in [missing, foreign] {
        let reply = upload.send().await;
        assert_eq!(reply.status, 403);
        assert!(reply.field("exceptionInfo").contains("app info"));
    }
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn a_missing_or_unknown_session_token_is_answered_with_401() {
    let sandbox = started().await;
    let missing = Outgoing::upload(&sandbox).without_header("ccmessaging-token");
    let unknown = Outgoing::upload(&sandbox).header("ccmessaging-token", "nonsense");
    for upload in [missing, unknown] {
        let reply = upload.send().await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.field("returnCode"), "401");
    }
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn tokens_are_good_until_just_before_they_expire() {
    let clock = ManualClock::new();
    let sandbox = sandbox()
        .access_token_lifetime(Duration::from_secs(300))
        .session_token_lifetime(Duration::from_secs(200))
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let upload = Outgoing::upload(&sandbox);

    clock.advance(Duration::from_millis(199_999));
    assert_eq!(upload.clone().send().await.status, 200);
    clock.advance(Duration::from_millis(1));
    assert_eq!(upload.clone().send().await.status, 401);

    let upload = upload.header("ccmessaging-token", &sandbox.issue_session_token());
    clock.advance(Duration::from_millis(99_999));
    assert_eq!(upload.clone().send().await.status, 200);
    clock.advance(Duration::from_millis(1));
    assert_eq!(upload.send().await.status, 403);
}

#[tokio::test]
async fn a_session_token_of_ones_own_choice_can_be_made_valid() {
    let sandbox = started().await;
    let upload = Outgoing::upload(&sandbox).header("ccmessaging-token", "chosen");
    assert_eq!(upload.clone().send().await.status, 401);
    sandbox.accept_session_token("chosen");
    assert_eq!(upload.send().await.status, 200);
}

#[tokio::test]
async fn revoked_tokens_are_refused_and_new_ones_are_not() {
    let sandbox = started().await;
    let upload = Outgoing::upload(&sandbox);
    sandbox.revoke_session_tokens();
    assert_eq!(upload.clone().send().await.status, 401);
    sandbox.revoke_access_tokens();
    assert_eq!(upload.send().await.status, 403);
    assert_eq!(Outgoing::upload(&sandbox).send().await.status, 200);
}

#[tokio::test]
async fn an_uploaded_file_comes_back_under_its_key_with_or_without_the_local_prefix() {
    let sandbox = started().await;
    let key = Outgoing::upload(&sandbox).send().await.field("objectKey");
    for file_id in [key.clone(), format!("local/{key}")] {
        let reply = Outgoing::download(&sandbox, &file_id).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.field("resultCode"), "0");
        assert_eq!(reply.field("fileStream"), "aGVsbG8=");
    }
    assert_eq!(sandbox.calls(Call::DownloadFileStream), 2);
}

#[tokio::test]
async fn what_is_not_the_key_of_a_file_is_answered_with_13() {
    let sandbox = started().await;
    let key = Outgoing::upload(&sandbox).send().await.field("objectKey");
    let wrong = [
        "6f2d7f3e-8a53-4a3c-9c5f-0d6f3f0c9a11".to_owned(),
        key.to_uppercase(),
        key.replace('-', ""),
        format!("{{{key}}}"),
        format!("../{key}"),
        format!("local/local/{key}"),
        format!("local/../{key}"),
        format!("{key}.json"),
        format!("{key}\u{0}"),
        "/etc/passwd".to_owned(),
        "..".to_owned(),
        "local/".to_owned(),
    ];
    for file_id in wrong {
        let reply = Outgoing::download(&sandbox, &file_id).send().await;
        assert_eq!(reply.status, 200, "{file_id:?}");
        assert_eq!(reply.field("resultCode"), "13", "{file_id:?}");
        assert!(reply.json().get("fileStream").is_none(), "{file_id:?}");
    }
}

#[tokio::test]
async fn every_parameter_of_a_download_is_mandatory_and_of_the_right_kind() {
    let sandbox = started().await;
    let key = Outgoing::upload(&sandbox).send().await.field("objectKey");
    for name in ["fileId", "channel", "fileType"] {
        for (value, code) in [(Value::Null, "2"), (json!(""), "2"), (json!(1), "13")] {
            let request = Outgoing::download(&sandbox, &key).field(name, value.clone());
            let reply = request.send().await;
            assert_eq!(reply.field("resultCode"), code, "{name} {value}");
        }
        let request = Outgoing::download(&sandbox, &key).without_field(name);
        assert_eq!(request.send().await.field("resultCode"), "2", "{name}");
    }
    let request = Outgoing::download(&sandbox, &key).field("channel", json!("APP"));
    assert_eq!(request.send().await.field("resultCode"), "13");
}

#[tokio::test]
async fn a_download_asks_for_the_same_tokens_as_an_upload() {
    let sandbox = started().await;
    let key = Outgoing::upload(&sandbox).send().await.field("objectKey");
    let request = Outgoing::download(&sandbox, &key);
    let no_session = request.clone().without_header("ccmessaging-token");
    let reply = no_session.send().await;
    assert_eq!(
        (reply.status.as_u16(), reply.field("resultCode")),
        (401, "401".into())
    );
    let no_access = request.clone().without_header("authorization");
    assert_eq!(no_access.send().await.status, 403);
    let no_app = request.clone().without_header("x-app-key");
    assert_eq!(no_app.send().await.status, 403);
    assert_eq!(request.raw_body("[]").send().await.status, 400);
}
