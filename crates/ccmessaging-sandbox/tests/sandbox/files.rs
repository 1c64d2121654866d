//! Uploads and downloads.

use ccmessaging_sandbox::{Call, file_types};
use serde_json::{Value, json};

use crate::client::{Outgoing, sandbox, started};

#[tokio::test]
async fn files_are_stored_under_the_returned_object_key() {
    let sandbox = started().await;
    let reply = Outgoing::upload(&sandbox).send().await;

    assert_eq!(reply.status, 200);
    assert_eq!(reply.field("returnCode"), "0");
    let key = reply.field("objectKey");
    assert_eq!(reply.json(), json!({"returnCode": "0", "objectKey": key}));
    assert_eq!(sandbox.file(&key).as_deref(), Some(&b"hello"[..]));

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
async fn file_types_are_case_insensitive() {
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

/// Asserts that an upload with one field changed or removed is rejected with `code` and status 200.
async fn assert_rejected(field: &str, value: Option<Value>, code: &str) {
    let sandbox = started().await;
    let upload = Outgoing::upload(&sandbox);
    let modified = match &value {
        Some(value) => upload.field(field, value.clone()),
        None => upload.without_field(field),
    };
    let reply = modified.send().await;
    assert_eq!(reply.status, 200, "{field} {value:?}");
    assert_eq!(
        reply.json(),
        json!({"returnCode": code}),
        "{field} {value:?}"
    );
    assert_eq!(sandbox.uploads(), [], "{field} {value:?}");
}

#[tokio::test]
async fn missing_null_and_empty_parameters_return_2() {
    for field in ["fileType", "fileStream", "channel"] {
        assert_rejected(field, None, "2").await;
        assert_rejected(field, Some(Value::Null), "2").await;
        assert_rejected(field, Some(json!("")), "2").await;
    }
}

#[tokio::test]
async fn parameters_of_the_wrong_json_type_return_3() {
    for field in ["fileType", "fileStream", "channel"] {
        for value in [json!(1), json!(true), json!([]), json!({})] {
            assert_rejected(field, Some(value), "3").await;
        }
    }
}

#[tokio::test]
async fn unknown_file_types_and_channels_return_3() {
    for file_type in ["GIF", "TX", "TXT ", "text/plain"] {
        assert_rejected("fileType", Some(json!(file_type)), "3").await;
    }
    for channel in ["web", "APP", " WEB"] {
        assert_rejected("channel", Some(json!(channel)), "3").await;
    }
}

#[tokio::test]
async fn non_canonical_base64_returns_13() {
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
        assert_rejected("fileStream", Some(json!(file)), "13").await;
    }
}

#[tokio::test]
async fn size_limit_is_inclusive() {
    let sandbox = sandbox().max_file_bytes(10).start().await.unwrap();
    for (length, code) in [(9, "0"), (10, "0"), (11, "3")] {
        let file = data_encoding::BASE64.encode(&vec![0; length]);
        let reply = Outgoing::upload(&sandbox)
            .field("fileStream", json!(file))
            .send()
            .await;
        assert_eq!(reply.field("returnCode"), code, "{length} bytes");
    }
    assert_eq!(sandbox.uploads().len(), 2);
}

#[tokio::test]
async fn bodies_other_than_json_objects_are_rejected_with_400() {
    let sandbox = started().await;
    for body in ["", "{", "[]", "\"x\"", "null", "fileType=txt", "\u{feff}{}"] {
        let reply = Outgoing::upload(&sandbox).raw_body(body).send().await;
        assert_eq!(reply.status, 400, "{body:?}");
        assert_eq!(reply.json(), json!({"returnCode": "3"}), "{body:?}");
    }
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn wrong_credentials_are_rejected_with_403_by_the_fabric_and_401_by_the_contact_centre() {
    const TOKEN: &str = "auth fail! illegal or expired token info.";
    const APP: &str = "auth fail! illegal app info.";

    let sandbox = started().await;
    let unused = sandbox.issue_access_token();
    let basic = format!("Basic {unused}");
    let two_spaces = format!("Bearer  {unused}");
    for (header, value, status, problem) in [
        ("authorization", None, 403, TOKEN),
        ("authorization", Some("Bearer nonsense"), 403, TOKEN),
        ("authorization", Some("Bearer "), 403, TOKEN),
        ("authorization", Some(&unused), 403, TOKEN),
        ("authorization", Some(&basic), 403, TOKEN),
        ("authorization", Some(&two_spaces), 403, TOKEN),
        ("x-app-key", None, 403, APP),
        ("x-app-key", Some("another"), 403, APP),
        ("ccmessaging-token", None, 401, "401"),
        ("ccmessaging-token", Some("nonsense"), 401, "401"),
    ] {
        let upload = Outgoing::upload(&sandbox);
        let upload = match value {
            Some(value) => upload.header(header, value),
            None => upload.without_header(header),
        };
        let reply = upload.send().await;
        assert_eq!(reply.status, status, "{header} {value:?}");
        if status == 403 {
            assert_eq!(reply.field("errorCode"), "0", "{header} {value:?}");
            let info = reply.field("exceptionInfo");
            assert!(info.starts_with(problem), "{header} {value:?}: {info}");
        } else {
            assert_eq!(reply.field("returnCode"), problem, "{header} {value:?}");
        }
    }
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn arbitrary_session_tokens_can_be_accepted() {
    let sandbox = started().await;
    let upload = Outgoing::upload(&sandbox).header("ccmessaging-token", "chosen");
    assert_eq!(upload.clone().send().await.status, 401);
    sandbox.accept_session_token("chosen");
    assert_eq!(upload.send().await.status, 200);
}

#[tokio::test]
async fn revoking_tokens_does_not_affect_new_ones() {
    let sandbox = started().await;
    let upload = Outgoing::upload(&sandbox);
    sandbox.revoke_session_tokens();
    assert_eq!(upload.clone().send().await.status, 401);
    sandbox.revoke_access_tokens();
    assert_eq!(upload.send().await.status, 403);
    assert_eq!(Outgoing::upload(&sandbox).send().await.status, 200);
}

#[tokio::test]
async fn local_files_are_downloaded_with_the_local_prefix() {
    let sandbox = started().await;
    let key = Outgoing::upload(&sandbox).send().await.field("objectKey");
    let file_id = format!("local/{key}");
    let reply = Outgoing::download(&sandbox, &file_id).send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.field("resultCode"), "0");
    assert_eq!(reply.field("fileStream"), "aGVsbG8=");
    assert!(reply.field("fileUrl").ends_with(&key));
    assert_eq!(sandbox.calls(Call::DownloadFileStream), 1);

    let bare = Outgoing::download(&sandbox, &key).send().await;
    assert_eq!(bare.field("resultCode"), "13");
    let as_library = Outgoing::download(&sandbox, &key).field("multiMedia", json!("multiMedia"));
    assert_eq!(as_library.send().await.field("resultCode"), "13");
}

#[tokio::test]
async fn downloads_require_the_documented_type_of_the_file() {
    let sandbox = started().await;
    for (stored, accepted) in [
        ("JPEG", &["jpg", "JPG"][..]),
        ("bpm", &["bmp", "bpm"]),
        ("txt", &["txt"]),
    ] {
        let upload = Outgoing::upload(&sandbox).field("fileType", json!(stored));
        let file_id = format!("local/{}", upload.send().await.field("objectKey"));
        for asked in ["jpg", "JPG", "jpeg", "bmp", "bpm", "txt", "exe"] {
            let download = Outgoing::download(&sandbox, &file_id).field("fileType", json!(asked));
            let code = download.send().await.field("resultCode");
            let expected = if accepted.contains(&asked) { "0" } else { "13" };
            assert_eq!(code, expected, "{stored} as {asked}");
        }
    }
}

#[tokio::test]
async fn download_limit_is_inclusive() {
    let builder = sandbox().max_download_bytes(5);
    let sandbox = builder.start().await.unwrap();
    for (length, code) in [(5, "0"), (6, "13")] {
        let file = data_encoding::BASE64.encode(&vec![0; length]);
        let upload = Outgoing::upload(&sandbox).field("fileStream", json!(file));
        let file_id = format!("local/{}", upload.send().await.field("objectKey"));
        let reply = Outgoing::download(&sandbox, &file_id).send().await;
        assert_eq!(reply.field("resultCode"), code, "{length} bytes");
    }
}

#[tokio::test]
async fn downloads_of_unknown_keys_return_13() {
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
        "local/.".to_owned(),
        ".".to_owned(),
    ];
    for file_id in wrong {
        assert_eq!(sandbox.file(&file_id), None, "{file_id:?}");
        let reply = Outgoing::download(&sandbox, &file_id).send().await;
        assert_eq!(reply.status, 200, "{file_id:?}");
        assert_eq!(reply.field("resultCode"), "13", "{file_id:?}");
        assert!(reply.json().get("fileStream").is_none(), "{file_id:?}");
    }
}

#[tokio::test]
async fn download_parameters_are_mandatory_and_typed() {
    let sandbox = started().await;
    let key = Outgoing::upload(&sandbox).send().await.field("objectKey");
    let file_id = format!("local/{key}");
    for name in ["fileId", "channel", "fileType"] {
        for (value, code) in [(Value::Null, "2"), (json!(""), "2"), (json!(1), "13")] {
            let request = Outgoing::download(&sandbox, &file_id).field(name, value.clone());
            let reply = request.send().await;
            assert_eq!(reply.field("resultCode"), code, "{name} {value}");
        }
        let request = Outgoing::download(&sandbox, &file_id).without_field(name);
        assert_eq!(request.send().await.field("resultCode"), "2", "{name}");
    }
    let request = Outgoing::download(&sandbox, &file_id).field("channel", json!("APP"));
    assert_eq!(request.send().await.field("resultCode"), "13");
}

#[tokio::test]
async fn downloads_require_the_same_credentials_as_uploads() {
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
