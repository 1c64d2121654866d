use ccmessaging_sandbox::Call;
use serde_json::{Value, json};

use crate::client::{Outgoing, started};

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
async fn every_parameter_is_mandatory_and_of_the_right_kind() {
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
async fn the_same_tokens_are_asked_for_as_for_an_upload() {
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
