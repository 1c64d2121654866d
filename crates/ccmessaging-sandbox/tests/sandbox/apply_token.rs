use std::time::Duration;

use ccmessaging_sandbox::{Call, ManualClock};
use serde_json::{Value, json};

use crate::client::{Outgoing, sandbox, started};

#[tokio::test]
async fn a_complete_request_gets_a_session_token_that_uploads_accept_for_an_hour() {
    let clock = ManualClock::new();
    let sandbox = sandbox().clock(clock.clone()).start().await.unwrap();
    let reply = Outgoing::apply_token(&sandbox).send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.field("resultCode"), "0");
    assert_eq!(sandbox.calls(Call::ApplyToken), 1);

    let token = reply.field("token");
    clock.advance(Duration::from_secs(3599));
    let upload = Outgoing::upload(&sandbox).header("ccmessaging-token", &token);
    assert_eq!(upload.send().await.status, 200);
    clock.advance(Duration::from_secs(1));
    let upload = Outgoing::upload(&sandbox).header("ccmessaging-token", &token);
    assert_eq!(upload.send().await.status, 401);
}

#[tokio::test]
async fn every_parameter_is_mandatory() {
    let sandbox = started().await;
    for name in ["userId", "userName", "channelId", "locale"] {
        let requests = [
            Outgoing::apply_token(&sandbox).without_field(name),
            Outgoing::apply_token(&sandbox).field(name, Value::Null),
            Outgoing::apply_token(&sandbox).field(name, json!("")),
        ];
        for request in requests {
            let reply = request.send().await;
            assert_eq!(reply.status, 200, "{name}");
            assert_eq!(reply.field("resultCode"), "2", "{name}");
            assert!(reply.json().get("token").is_none(), "{name}");
        }
        let wrong = Outgoing::apply_token(&sandbox).field(name, json!(7));
        assert_eq!(wrong.send().await.field("resultCode"), "3", "{name}");
    }
}

#[tokio::test]
async fn a_user_id_has_up_to_32_characters_whatever_their_size_in_bytes() {
    let sandbox = started().await;
    for (user_id, code) in [
        ("u".repeat(32), "0"),
        ("u".repeat(33), "3"),
        ("界".repeat(32), "0"),
        ("界".repeat(33), "3"),
    ] {
        let request = Outgoing::apply_token(&sandbox).field("userId", json!(user_id));
        assert_eq!(request.send().await.field("resultCode"), code, "{user_id}");
    }
}

#[tokio::test]
async fn the_fabric_admits_only_its_own_tokens_and_app_key() {
    let sandbox = started().await;
    let requests = [
        Outgoing::apply_token(&sandbox).without_header("authorization"),
        Outgoing::apply_token(&sandbox).header("authorization", "Bearer x"),
        Outgoing::apply_token(&sandbox).without_header("x-app-key"),
    ];
    for request in requests {
        let reply = request.send().await;
        assert_eq!(reply.status, 403);
        assert_eq!(reply.field("errorCode"), "0");
    }
}

#[tokio::test]
async fn a_body_that_is_not_a_json_object_is_answered_with_400() {
    let sandbox = started().await;
    let reply = Outgoing::apply_token(&sandbox).raw_body("{").send().await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.field("resultCode"), "3");
}
