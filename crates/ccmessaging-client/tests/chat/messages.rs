//! The stream of messages.

use ccmessaging_client::{Messages, SessionError};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::server::{header, json_response, open, received, respond, start};

fn messages(contents: &[&str]) -> ResponseTemplate {
    let messages: Vec<Value> = contents
        .iter()
        .map(|content| json!({"content": content, "controlType": "CHAT"}))
        .collect();
    json_response(
        200,
        &json!({"resultCode": "0", "downlinkMessages": messages}),
    )
}

fn end() -> ResponseTemplate {
    let end = json!({"content": "bye", "controlType": "DISCONNECT"});
    json_response(200, &json!({"resultCode": "0", "downlinkMessages": [end]}))
}

async fn stream(server: &MockServer) -> Messages {
    open(server).await.messages().expect("a customer")
}

/// Reads the stream to its end; errors become the word for their kind.
async fn read(stream: Messages) -> Vec<String> {
    stream
        .map(|item| match item {
            Ok(message) => message.content,
            Err(error) if error.is_transient() => "transient".to_owned(),
            Err(_) => "permanent".to_owned(),
        })
        .collect()
        .await
}

#[tokio::test]
async fn messages_arrive_in_order_until_the_chat_ends() {
    let server = start().await;
    respond(&server, "poll", messages(&["a", "b"]), Some(1)).await;
    respond(&server, "poll", messages(&[]), Some(3)).await;
    respond(&server, "poll", messages(&["c"]), Some(1)).await;
    respond(&server, "poll", end(), None).await;
    assert_eq!(read(stream(&server).await).await, ["a", "b", "c", "bye"]);
    let polls = received(&server, "poll").await;
    assert_eq!(polls.len(), 6);
    assert!(
        polls
            .iter()
            .all(|poll| poll.url.query() == Some("receiverId=42&channel=WEB"))
    );
}

#[tokio::test]
async fn transient_failures_are_reported_and_polling_continues() {
    let server = start().await;
    // All attempts of the first poll fail.
    let busy = json_response(503, &json!({"resultCode": "13"}));
    respond(&server, "poll", busy, Some(3)).await;
    respond(&server, "poll", messages(&["a"]), Some(1)).await;
    respond(&server, "poll", end(), None).await;
    assert_eq!(read(stream(&server).await).await, ["transient", "a", "bye"]);
}

#[tokio::test]
async fn a_permanent_failure_ends_the_stream() {
    let server = start().await;
    let rejected = json_response(200, &json!({"resultCode": "1", "resultDesc": "no chat"}));
    respond(&server, "poll", rejected, None).await;
    let mut messages = stream(&server).await;
    let error = messages
        .next()
        .await
        .expect("an item")
        .expect_err("rejected");
    assert!(
        matches!(
            error,
            SessionError::ChatRejected {
                status: http::StatusCode::OK,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(messages.next().await.is_none());
    assert!(messages.next().await.is_none());
    assert_eq!(received(&server, "poll").await.len(), 1);
}

#[tokio::test]
async fn polls_follow_rotated_tokens_and_renew_rejected_ones() {
    let server = start().await;
    let rotated = messages(&["a"]).insert_header("ccmessaging-token", "rotated");
    respond(&server, "poll", rotated, Some(1)).await;
    let rejection = json_response(401, &json!({"resultCode": "401"}));
    respond(&server, "poll", rejection, Some(1)).await;
    respond(&server, "poll", end(), None).await;
    assert_eq!(read(stream(&server).await).await, ["a", "bye"]);
    let polls = received(&server, "poll").await;
    assert_eq!(
        header(&polls, "ccmessaging-token"),
        ["session-1", "rotated", "session-2"]
    );
}

#[tokio::test]
async fn a_dropped_future_loses_no_message() {
    let server = start().await;
    respond(&server, "poll", messages(&["a"]), Some(1)).await;
    respond(&server, "poll", end(), None).await;
    let mut messages = stream(&server).await;
    // The poll begins, and the future is dropped before the response.
    tokio::select! {
        biased;
        item = messages.next() => panic!("too early: {item:?}"),
        () = std::future::ready(()) => {}
    }
    assert_eq!(read(messages).await, ["a", "bye"]);
    assert_eq!(received(&server, "poll").await.len(), 2);
}
