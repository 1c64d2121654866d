//! Messages to the customer, and the responses that contain them.

use bytes::Bytes;
use ccmessaging_core::FileType;
use ccmessaging_core::chat::{
    ChatResponse, DownloadRequest, DownloadType, LibraryTypes, Message, MessageControl,
    MessageMedia, MessageSource, ResponseError,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn poll(body: &Value) -> Result<Vec<Message>, ResponseError> {
    Message::list_from_poll_json(body.to_string().as_bytes())
}

fn message(message: &Value) -> Message {
    let body = json!({"resultCode": "0", "downlinkMessages": [message]});
    let mut messages = poll(&body).expect("documented");
    messages.pop().expect("a message")
}

#[test]
fn a_documented_message_is_read() {
    let read = message(&json!({
        "channel": "WEB", "content": "hello", "from": "agent", "to": "42", "mediaType": "TEXT",
        "contentType": null, "mediaFileType": null, "controlType": "CHAT", "sourceType": "AGENT",
        "senderNickname": "Grace", "senderAvatar": "https://example.com/g.png",
        "timestamp": "1764496000000", "messageCode": "m", "isOfflineStatus": "false",
        "queueFlag": "q", "simQuestions": ["why?", 1], "more": {},
    }));
    assert_eq!(read.content, "hello");
    assert_eq!(read.media, MessageMedia::Text);
    assert_eq!(read.control, MessageControl::Chat);
    assert_eq!(read.source, MessageSource::Agent);
    assert_eq!(read.from.as_deref(), Some("agent"));
    assert_eq!(read.to.as_deref(), Some("42"));
    assert_eq!(read.channel.as_deref(), Some("WEB"));
    assert_eq!(read.sender_nickname.as_deref(), Some("Grace"));
    assert_eq!(
        read.sender_avatar.as_deref(),
        Some("https://example.com/g.png")
    );
    assert_eq!(read.timestamp, Some(1_764_496_000_000));
    assert_eq!(read.message_code.as_deref(), Some("m"));
    assert_eq!(read.is_offline, Some(false));
    assert_eq!(read.queue_flag.as_deref(), Some("q"));
    assert_eq!(read.similar_questions, ["why?"]);
    assert!(!read.has_file());
    assert_eq!(read.download_request(&LibraryTypes::default()), None);
    assert!(!format!("{read:?}").contains("hello"));
}

#[test]
fn members_are_read_in_every_form_that_editions_show() {
    let read = message(&json!({
        "timestamp": 1_764_496_000_000_u64, "isOfflineStatus": true, "contentType": 1,
        "mediaType": "IMAGE", "simQuestions": null, "sourceType": "ROBOT", "controlType": "READ",
    }));
    assert_eq!(read.timestamp, Some(1_764_496_000_000));
    assert_eq!(read.is_offline, Some(true));
    assert!(read.has_local_file());
    assert_eq!(read.source, MessageSource::Robot);
    assert_eq!(read.control, MessageControl::Read);
    assert!(read.similar_questions.is_empty());

    let other = message(
        &json!({"mediaType": "CARD", "controlType": "X", "sourceType": "Y", "timestamp": "now"}),
    );
    assert_eq!(other.media, MessageMedia::Other("CARD".to_owned()));
    assert_eq!(other.control, MessageControl::Other("X".to_owned()));
    assert_eq!(other.source, MessageSource::Other("Y".to_owned()));
    assert_eq!(other.timestamp, None);
    assert_eq!(message(&json!({})), Message::default());
    assert_eq!(
        message(&json!({"controlType": "DISCONNECT"})).control,
        MessageControl::Disconnect
    );
}

#[test]
fn a_messages_file_can_be_requested() {
    let types = LibraryTypes::default();
    let local = |key, file_type: DownloadType| DownloadRequest::local(key, file_type).ok();
    let library =
        |key: &str, file_type: DownloadType| DownloadRequest::library(key, file_type).ok();
    for (media, content_type, file_type, expected) in [
        (
            "DOCUMENT",
            json!("1"),
            json!("pdf"),
            local("k", DownloadType::Pdf),
        ),
        (
            "IMAGE",
            json!("1"),
            json!("PNG"),
            local("k", FileType::Png.into()),
        ),
        (
            "IMAGE",
            json!("1"),
            json!(null),
            local("k", FileType::Jpg.into()),
        ),
        (
            "IMAGE",
            json!(null),
            json!(null),
            library("k", FileType::Jpg.into()),
        ),
        (
            "AUDIO",
            json!(null),
            json!(null),
            library("k", FileType::Mp3.into()),
        ),
        (
            "VIDEO",
            json!(null),
            json!(null),
            library("k", FileType::Mp4.into()),
        ),
        (
            "DOCUMENT",
            json!(null),
            json!("docx"),
            library("k", DownloadType::Docx),
        ),
        ("DOCUMENT", json!("1"), json!("exe"), None),
        (
            "DOCUMENT",
            json!(null),
            json!(null),
            library("k", DownloadType::Pdf),
        ),
        ("TEXT", json!("1"), json!("pdf"), None),
        ("LOCATE", json!(null), json!(null), None),
    ] {
        let read = message(&json!({
            "content": "k", "mediaType": media, "contentType": content_type, "mediaFileType": file_type,
        }));
        assert_eq!(
            read.download_request(&types),
            expected,
            "{media} {file_type}"
        );
    }
    let mut types = types;
    types.image = FileType::Png.into();
    let read = message(&json!({"content": "k", "mediaType": "IMAGE"}));
    assert_eq!(
        read.download_request(&types),
        library("k", FileType::Png.into())
    );
}

#[test]
fn an_element_that_is_no_message_hides_no_other() {
    let body =
        json!({"resultCode": 0, "downlinkMessages": [7, {"content": "a"}, null, {"content": "b"}]});
    let messages = poll(&body).expect("documented");
    let contents: Vec<&str> = messages.iter().map(|message| &*message.content).collect();
    assert_eq!(contents, ["a", "b"]);
}

#[test]
fn an_unreadable_member_does_not_hide_its_message() {
    let body = br#"{"resultCode":"0","downlinkMessages":[
        {"content":"a","senderNickname":"\ud83d","timestamp":1e999,"simQuestions":["\ud83d","b"],"x":-1e999},
        {"content":"\ud83d","mediaType":"TEXT"}
    ]}"#;
    let messages = Message::list_from_poll_json(body).expect("a list");
    let [readable, unreadable] = &messages[..] else {
        panic!("{messages:?}");
    };
    assert_eq!(readable.content, "a");
    assert_eq!(readable.sender_nickname, None);
    assert_eq!(readable.timestamp, None);
    assert_eq!(readable.similar_questions, ["b"]);
    assert_eq!(unreadable.content, "");
}

#[test]
fn responses_without_messages_and_failures_are_read() {
    for body in [
        json!({"resultCode": "0"}),
        json!({"resultCode": "0", "downlinkMessages": null}),
        json!({"resultCode": "0", "downlinkMessages": []}),
    ] {
        assert!(poll(&body).expect("documented").is_empty());
    }
    let failed = result(r#"{"resultCode":"1","resultDesc":"no session"}"#);
    let failed = failed.expect("documented");
    assert!(!failed.is_success());
    assert_eq!(failed.code(), Some("1"));
    assert_eq!(failed.description(), Some("no session"));
    let member = "downlinkMessages";
    let wrong = poll(&json!({"resultCode": "0", "downlinkMessages": "none"}));
    assert_eq!(wrong, Err(ResponseError::WrongType { member }));
    let history = Message::list_from_history_json(
        br#"{"resultCode":"0","messageList":[{"content":"a","sourceType":"CUSTOMER"}]}"#,
    );
    let history = history.expect("documented");
    assert_eq!(history[0].source, MessageSource::Customer);
}

fn result(body: &str) -> Result<ChatResponse, ResponseError> {
    ChatResponse::from_json(&Bytes::copy_from_slice(body.as_bytes()))
}

#[test]
fn the_result_of_any_response_is_read() {
    let success = result(r#"{"resultCode":"0","resultDesc":"success"}"#);
    assert!(success.expect("documented").is_success());
    // Only the code decides.
    for description in ["true", "{}", r#""ok \ud83d""#] {
        let body = format!(r#"{{"resultCode":"0","resultDesc":{description},"returnDesc":"ok"}}"#);
        let success = result(&body).expect("a result");
        assert!(success.is_success(), "{body}");
        assert_eq!(success.description(), Some("ok"));
    }
    let fabric = result(r#"{"errorCode":"0","exceptionInfo":"auth fail!"}"#);
    let fabric = fabric.expect("an object");
    assert!(!fabric.is_success());
    assert_eq!(fabric.code(), None);
    let many: Vec<String> = (0..65).map(|number| format!("\"m{number}\":0")).collect();
    let many = format!("{{{}}}", many.join(","));
    assert_eq!(
        result(&many),
        Err(ResponseError::TooManyMembers { limit: 64 })
    );
}

proptest! {
    #[test]
    fn no_response_panics(body in any::<Vec<u8>>()) {
        let is_object = serde_json::from_slice::<Value>(&body).is_ok_and(|value| value.is_object());
        for response in [Message::list_from_poll_json(&body), Message::list_from_history_json(&body)] {
            prop_assert!(response.is_err() || is_object);
        }
    }

    #[test]
    fn any_content_is_read_as_it_was_written(content in any::<String>(), timestamp in any::<u64>()) {
        let read = message(&json!({"content": content, "timestamp": timestamp}));
        prop_assert_eq!(read.content, content);
        prop_assert_eq!(read.timestamp, Some(timestamp));
    }
}
