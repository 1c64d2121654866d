//! Responses count in the body memory until they are sent.

use std::time::Duration;

use gateway_tests::{PATIENT, Platform, Request, Wire, in_time, received};
use serde_json::json;
use wiremock::ResponseTemplate;

use super::downloads::file_answer;
use super::{Chat, answers, call, json_answer};

const DOWNLOAD: &str = "downloadFileStream";

/// Sends a call twice at once. The memory must hold one response only.
async fn one_of_two_is_overloaded(chat: &Chat, name: &str, answer: ResponseTemplate) {
    let slow = answer.set_delay(Duration::from_secs(1));
    answers(&chat.upstream, name, slow).await;
    let request = call(name);
    let (first, second) = tokio::join!(chat.gateway.send(&request), chat.gateway.send(&request));
    let (delivered, refused) = match first.status {
        200 => (first, second),
        _ => (second, first),
    };
    assert_eq!(delivered.status, 200, "{}", delivered.text);
    refused.assert_chat_refused(503, "13", "overloaded", &["overloaded", "Retry-After"]);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(received(&chat.upstream).await.len(), 1);
    // The memory is released.
    for _ in 0..2 {
        assert_eq!(chat.gateway.send(&request).await.status, 200);
    }
}

#[tokio::test]
async fn responses_count_before_they_are_received() {
    // Half of the memory is enough for one download of the largest size, in Base64 and decoded; three
    // quarters for one response with messages.
    let settings = [
        ("MAX_BODY_BYTES", "100000"),
        ("MAX_BODY_MEMORY_BYTES", "2097152"),
        ("MAX_DOWNLOAD_BYTES", "440000"),
    ];
    let chat = Chat::start(Platform::Http, &settings).await;
    one_of_two_is_overloaded(&chat, DOWNLOAD, file_answer(b"a file")).await;
    for name in ["poll", "queryHistoryChatMessage"] {
        let success = json_answer(200, &json!({"resultCode": "0"}));
        one_of_two_is_overloaded(&chat, name, success).await;
    }
}

#[tokio::test]
async fn slow_readers_of_downloads_leave_memory_for_messages_and_uploads() {
    // Half of the memory holds two such files in Base64, and not three.
    let settings = [
        ("MAX_BODY_MEMORY_BYTES", "60000000"),
        ("MAX_DOWNLOAD_BYTES", "8000000"),
    ];
    let chat = Chat::start(Platform::Http, &[&PATIENT[..], &settings].concat()).await;
    let file = file_answer(&[0x80].repeat(8_000_000));
    answers(&chat.upstream, DOWNLOAD, file).await;
    let request = call(DOWNLOAD);
    let mut readers = Vec::new();
    for _ in 0..2 {
        let mut reader = Wire::open_narrow(chat.gateway.address()).await;
        reader.send(request.to_bytes()).await;
        // The response has begun, and is larger than the kernel's buffers.
        assert!(reader.is_readable_within(Duration::from_secs(60)).await);
        readers.push(reader);
    }
    let refused = chat.gateway.send(&request).await;
    refused.assert_chat_refused(503, "13", "overloaded", &[]);
    // The mock has no answer for the upload.
    let upload = chat.gateway.send(&Request::png()).await;
    assert_ne!(upload.status, 503, "{}", upload.text);
    let success = json_answer(200, &json!({"resultCode": "0"}));
    assert_eq!(chat.send("poll", &call("poll"), success).await.status, 200);

    drop(readers);
    let file = file_answer(&[0x80].repeat(8_000_000));
    answers(&chat.upstream, DOWNLOAD, file).await;
    let released = async { while chat.gateway.send(&request).await.status == 503 {} };
    in_time("the memory must be released", released).await;
}
