//! send and sendAsync: the course of a chat, and the fields of a message.

use ccmessaging_sandbox::{Call, ConversationState, Direction};
use serde_json::{Value, json};

use super::{USER, assert_refused, connected, send_ok};
use crate::client::{Outgoing, started};

#[tokio::test]
async fn a_chat_goes_from_robot_to_agent_to_its_end() {
    let sandbox = started().await;
    let desk = sandbox.desk();
    assert_eq!(desk.conversations(), []);
    for (control_type, state) in [
        ("CONNECT", ConversationState::Robot),
        ("CHAT", ConversationState::Robot),
        ("TRANS2AGENT", ConversationState::Agent),
        ("CONNECT", ConversationState::Agent),
        ("INPUT", ConversationState::Agent),
        ("READ", ConversationState::Agent),
        ("DISCONNECT", ConversationState::Ended),
        ("CONNECT", ConversationState::Robot),
    ] {
        send_ok(&sandbox, control_type).await;
        let conversation = desk.conversation(USER).expect("a conversation");
        assert_eq!(conversation.state, state, "{control_type}");
    }
    let conversation = desk.conversation(USER).expect("a conversation");
    assert_eq!(conversation.user_name, "Sandbox user");
    assert_eq!(conversation.channel_id, "sandbox");
    let texts: Vec<_> = conversation
        .messages
        .iter()
        .map(|message| (message.direction, message.source_type))
        .collect();
    let greeting = (Direction::Out, "ROBOT");
    assert_eq!(texts, [greeting, (Direction::In, "CUSTOMER"), greeting]);
    assert_eq!(conversation.messages[1].text.as_deref(), Some("Hello"));
    assert_eq!(sandbox.calls(Call::Send), 8);
}

#[tokio::test]
async fn messages_before_connect_and_after_disconnect_are_rejected() {
    let sandbox = started().await;
    for control_type in ["CHAT", "TRANS2AGENT", "INPUT", "READ", "DISCONNECT"] {
        for call in [Call::Send, Call::SendAsync] {
            let reply = Outgoing::message(&sandbox, call, control_type).send().await;
            assert_eq!(reply.field("resultCode"), "3", "{call} {control_type}");
            assert!(reply.field("resultDesc").contains("CONNECT first"));
        }
    }
    assert_eq!(sandbox.desk().conversations(), []);

    send_ok(&sandbox, "CONNECT").await;
    send_ok(&sandbox, "DISCONNECT").await;
    let late = Outgoing::message(&sandbox, Call::Send, "CHAT");
    assert_refused(&sandbox, late, "3").await;
}

#[tokio::test]
async fn mandatory_fields_of_a_message_are_checked() {
    let sandbox = connected().await;
    for call in [Call::Send, Call::SendAsync] {
        let message = Outgoing::message(&sandbox, call, "CHAT");
        for name in [
            "channel",
            "controlType",
            "from",
            "to",
            "mediaType",
            "sourceType",
            "content",
        ] {
            let missing = [
                message.clone().without_field(name),
                message.clone().field(name, Value::Null),
                message.clone().field(name, json!("")),
            ];
            for message in missing {
                assert_refused(&sandbox, message, "2").await;
            }
            let number = message.clone().field(name, json!(1));
            assert_refused(&sandbox, number, "3").await;
            if name != "content" {
                let unknown = message.clone().field(name, json!("unknown"));
                assert_refused(&sandbox, unknown, "3").await;
            }
        }
        for timestamp in [json!(1), json!("soon")] {
            let message = message.clone().field("timestamp", timestamp);
            assert_refused(&sandbox, message, "3").await;
        }
        let not_json = message.raw_body("[]").send().await;
        assert_eq!(not_json.status, 400);
        assert_eq!(not_json.field("resultCode"), "3");
    }
}

#[tokio::test]
async fn texts_have_at_most_1024_bytes() {
    let sandbox = connected().await;
    let chat = Outgoing::message(&sandbox, Call::Send, "CHAT");
    let too_long = chat.clone().field("content", json!("é".repeat(513)));
    assert_refused(&sandbox, too_long, "3").await;
    let longest = chat.field("content", json!("é".repeat(512)));
    assert_eq!(longest.send().await.field("resultCode"), "0");
}

#[tokio::test]
async fn from_has_at_most_24_characters_although_a_token_may_have_32() {
    let sandbox = started().await;
    for (length, code) in [(24, "0"), (25, "3")] {
        let user_id = "界".repeat(length);
        let token = sandbox.issue_session_token_for(&user_id, "sandbox");
        let connect = Outgoing::message(&sandbox, Call::Send, "CONNECT")
            .header("ccmessaging-token", &token)
            .field("from", json!(user_id));
        assert_eq!(connect.send().await.field("resultCode"), code, "{length}");
    }
}
