//! The agent's desk.

use ccmessaging_sandbox::{Call, ConversationState, Desk, DeskError, Sandbox};
use serde_json::{Value, json};

use crate::client::{Outgoing, started};

const USER: &str = "sandbox-user";

async fn with_agent() -> (Sandbox, Desk) {
    let sandbox = started().await;
    for control_type in ["CONNECT", "TRANS2AGENT"] {
        let message = Outgoing::message(&sandbox, Call::Send, control_type);
        assert_eq!(message.send().await.field("resultCode"), "0");
    }
    let desk = sandbox.desk();
    (sandbox, desk)
}

/// Polls, and returns the messages after the robot's greeting.
async fn polled(sandbox: &Sandbox) -> Vec<Value> {
    let poll = Outgoing::poll(sandbox, "receiverId=sandbox-user&channel=WEB");
    let json = poll.send().await.json();
    let messages = json["downlinkMessages"].as_array().expect("a list");
    messages[1..].to_vec()
}

#[tokio::test]
async fn agents_only_answer_customers_who_asked_for_one() {
    let sandbox = started().await;
    let desk = sandbox.desk();
    assert_eq!(desk.reply_text(USER, "x"), Err(DeskError::NoConversation));
    let connect = Outgoing::message(&sandbox, Call::Send, "CONNECT");
    connect.send().await;
    assert_eq!(desk.reply_text(USER, "x"), Err(DeskError::NotWithAgent));
    let reply = desk.reply_file(USER, "a.pdf", "x", "pdf");
    assert_eq!(reply, Err(DeskError::NotWithAgent));
    assert_eq!(desk.end(USER), Err(DeskError::NotWithAgent));
    assert_eq!(desk.conversations()[0].messages.len(), 1);
}

#[tokio::test]
async fn replies_have_1_to_500_characters() {
    let (_sandbox, desk) = with_agent().await;
    for length in [0, 501] {
        let reply = desk.reply_text(USER, "é".repeat(length));
        assert_eq!(reply, Err(DeskError::TextLength), "{length}");
    }
    assert_eq!(desk.reply_text(USER, "é".repeat(500)), Ok(()));
}

#[tokio::test]
async fn customers_receive_and_download_agents_files() {
    let (sandbox, desk) = with_agent().await;
    let reply = desk.reply_file(USER, "a.exe", "MZ", "exe");
    assert_eq!(reply, Err(DeskError::FileType));
    let key = desk
        .reply_file(USER, "offer.pdf", "%PDF-1.7", "PDF")
        .expect("a reply");

    let messages = polled(&sandbox).await;
    let [message] = messages.as_slice() else {
        panic!("one message, found {messages:?}");
    };
    for (name, value) in [
        ("content", json!(key)),
        ("mediaType", json!("DOCUMENT")),
        ("contentType", json!("1")),
        ("mediaFileType", json!("pdf")),
    ] {
        assert_eq!(message[name], value, "{name}");
    }
    let download = Outgoing::download(&sandbox, &format!("local/{key}"));
    let reply = download.field("fileType", json!("pdf")).send().await;
    assert_eq!(reply.field("fileStream"), "JVBERi0xLjc=");

    let (file, content) = desk.file(&key).expect("a file");
    assert_eq!(file.name.as_deref(), Some("offer.pdf"));
    assert_eq!((file.file_type.as_str(), file.size), ("pdf", 8));
    assert_eq!(content, "%PDF-1.7");
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn library_files_have_neither_content_type_nor_file_type() {
    let (sandbox, desk) = with_agent().await;
    let key = desk
        .reply_library_file(USER, "photo", "png")
        .expect("a reply");
    let messages = polled(&sandbox).await;
    assert_eq!(messages[0]["content"], json!(key));
    assert_eq!(messages[0]["mediaType"], "IMAGE");
    assert_eq!(messages[0]["contentType"], Value::Null);
    assert_eq!(messages[0]["mediaFileType"], Value::Null);

    let download = Outgoing::download(&sandbox, &key).field("fileType", json!("jpg"));
    let without = download.clone().send().await;
    assert_eq!(without.field("resultCode"), "13");
    let wrong = download.clone().field("multiMedia", json!("true")).send();
    assert_eq!(wrong.await.field("resultCode"), "13");
    let right = download.field("multiMedia", json!("multiMedia")).send();
    assert_eq!(right.await.field("fileStream"), "cGhvdG8=");
}

#[tokio::test]
async fn agents_end_conversations() {
    let (sandbox, desk) = with_agent().await;
    assert_eq!(desk.end(USER), Ok(()));
    assert_eq!(desk.conversations()[0].state, ConversationState::Ended);
    assert_eq!(desk.reply_text(USER, "x"), Err(DeskError::NotWithAgent));
    let messages = polled(&sandbox).await;
    assert_eq!(messages[0]["controlType"], "DISCONNECT");
    assert_eq!(messages[0]["sourceType"], "SYSTEM");
    let chat = Outgoing::message(&sandbox, Call::Send, "CHAT");
    assert_eq!(chat.send().await.field("resultCode"), "3");
}

#[tokio::test]
async fn conversations_serialize_for_a_desk_page() {
    let (_sandbox, desk) = with_agent().await;
    let key = desk
        .reply_file(USER, "a.txt", "abc", "txt")
        .expect("a reply");
    let json = serde_json::to_value(desk.conversations()).expect("JSON");
    let message = &json[0]["messages"][1];
    let expected = json!([{
        "userId": USER,
        "userName": "Sandbox user",
        "channelId": "sandbox",
        "state": "agent",
        "messages": [json[0]["messages"][0], {
            "id": message["id"],
            "direction": "out",
            "sourceType": "AGENT",
            "mediaType": "DOCUMENT",
            "file": {"objectKey": key, "name": "a.txt", "type": "txt", "size": 3, "inLibrary": false},
            "timestamp": message["timestamp"],
        }],
    }]);
    assert_eq!(json, expected);
}
