//! Calls of one session at the same time whose tokens are rotated, renewed and rejected.

use std::time::Duration;

use ccmessaging_client::{CallErrorKind, Session, SessionError};
use ccmessaging_core::chat::PollRequest;
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::server::{
    builder, header, json_response, open, received, respond, respond_first, start, success,
};

fn rejection() -> ResponseTemplate {
    json_response(401, &json!({"resultCode": "401"}))
}

fn no_messages() -> ResponseTemplate {
    json_response(200, &json!({"resultCode": "0", "downlinkMessages": []}))
}

async fn poll(session: &Session) -> Result<(), SessionError> {
    let request = PollRequest::new("42").expect("valid");
    session.poll(&request).await.map(drop)
}

/// The `controlType` of each message that was sent, with the session token.
async fn sent(server: &MockServer) -> Vec<(String, String)> {
    let sent = received(server, "send").await;
    let tokens = header(&sent, "ccmessaging-token");
    let control = |request: &wiremock::Request| {
        let body: Value = request.body_json().expect("JSON");
        body["controlType"].as_str().expect("a string").to_owned()
    };
    sent.iter().map(control).zip(tokens).collect()
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    let pair = |(control, token): (&str, &str)| (control.to_owned(), token.to_owned());
    expected.map(pair).to_vec()
}

#[tokio::test]
async fn a_token_that_was_only_rotated_is_not_renewed() {
    let server = start().await;
    // The poll is rejected after the response to the message has rotated the token.
    let late = rejection().set_delay(Duration::from_millis(500));
    respond(&server, "poll", late, Some(1)).await;
    respond(&server, "poll", no_messages(), None).await;
    let rotated = success().insert_header("ccmessaging-token", "rotated");
    respond(&server, "send", rotated, None).await;
    let session = open(&server).await;
    let (polled, sent) = tokio::join!(poll(&session), session.send_text("hello"));
    polled.expect("polled");
    sent.expect("sent");
    assert_eq!(received(&server, "applyToken").await.len(), 1);
    let polls = received(&server, "poll").await;
    assert_eq!(
        header(&polls, "ccmessaging-token"),
        ["session-1", "rotated"]
    );
    assert_eq!(
        header(&polls, "authorization"),
        ["Bearer access-1", "Bearer access-1"]
    );
    assert_eq!(session.token(), "rotated");
}

#[tokio::test]
async fn the_token_of_a_rejection_itself_is_renewed() {
    let server = start().await;
    let rotated = rejection().insert_header("ccmessaging-token", "rotated");
    respond(&server, "poll", rotated, Some(1)).await;
    respond(&server, "poll", no_messages(), None).await;
    let session = open(&server).await;
    poll(&session).await.expect("polled");
    let polls = received(&server, "poll").await;
    assert_eq!(
        header(&polls, "ccmessaging-token"),
        ["session-1", "session-2"]
    );
}

#[tokio::test]
async fn a_renewed_session_starts_the_chat_again_before_the_message() {
    let server = start().await;
    respond(&server, "send", success(), Some(2)).await;
    respond(&server, "send", rejection(), Some(1)).await;
    let rotated = success().insert_header("ccmessaging-token", "rotated");
    respond(&server, "send", rotated, Some(1)).await;
    respond(&server, "send", success(), None).await;
    let session = open(&server).await;
    session.connect().await.expect("sent");
    session.transfer_to_agent().await.expect("sent");
    session.send_text("hello").await.expect("sent");
    let expected = pairs([
        ("CONNECT", "session-1"),
        ("TRANS2AGENT", "session-1"),
        ("CHAT", "session-1"),
        ("CONNECT", "session-2"),
        ("TRANS2AGENT", "rotated"),
        ("CHAT", "rotated"),
    ]);
    assert_eq!(sent(&server).await, expected);
}

#[tokio::test]
async fn only_a_chat_that_is_open_is_started_again() {
    let ended = json!({"resultCode": "0", "downlinkMessages": [{"controlType": "DISCONNECT"}]});
    for ends_itself in [true, false] {
        let server = start().await;
        respond(&server, "send", success(), None).await;
        respond(&server, "poll", json_response(200, &ended), Some(1)).await;
        respond(&server, "poll", rejection(), Some(1)).await;
        respond(&server, "poll", no_messages(), None).await;
        let session = open(&server).await;
        session.connect().await.expect("sent");
        if ends_itself {
            session.disconnect().await.expect("sent");
        }
        let before = sent(&server).await.len();
        poll(&session).await.expect("polled");
        // This poll renews the session.
        poll(&session).await.expect("polled");
        assert_eq!(received(&server, "applyToken").await.len(), 2);
        assert_eq!(sent(&server).await.len(), before);
    }
    // A rejected CONNECT is repeated alone.
    let server = start().await;
    respond(&server, "send", success(), Some(1)).await;
    respond(&server, "send", rejection(), Some(1)).await;
    respond(&server, "send", success(), None).await;
    let session = open(&server).await;
    session.connect().await.expect("sent");
    session.connect().await.expect("sent");
    assert_eq!(sent(&server).await.len(), 3);
}

#[tokio::test]
async fn a_chat_that_cannot_be_started_again_is_reported_once() {
    let server = start().await;
    respond(&server, "send", success(), Some(1)).await;
    let failure = json_response(200, &json!({"resultCode": "1"}));
    respond(&server, "send", failure, None).await;
    respond(&server, "poll", rejection(), Some(2)).await;
    respond(&server, "poll", no_messages(), None).await;
    let session = open(&server).await;
    session.connect().await.expect("sent");
    let error = poll(&session).await.expect_err("no chat");
    assert!(
        matches!(error, SessionError::ChatRejected { call: "send", .. }),
        "{error:?}"
    );
    poll(&session).await.expect("polled");
}

#[tokio::test]
async fn calls_that_wait_for_a_renewal_share_its_failure() {
    let server = start().await;
    respond(&server, "poll", rejection(), None).await;
    respond(&server, "send", rejection(), None).await;
    let session = open(&server).await;
    let failure = json_response(400, &json!({"resultCode": "3"}));
    let failure = failure.set_delay(Duration::from_millis(500));
    respond_first(&server, "applyToken", failure).await;
    let (polled, sent) = tokio::join!(poll(&session), session.send_text("hello"));
    for result in [polled, sent] {
        let error = result.expect_err("no session");
        assert!(matches!(error, SessionError::NoSession { .. }), "{error:?}");
    }
    // One when the session was opened.
    assert_eq!(received(&server, "applyToken").await.len(), 2);
    // A later call tries again.
    poll(&session).await.expect_err("no session");
    assert_eq!(received(&server, "applyToken").await.len(), 3);
}

#[tokio::test]
async fn a_call_ends_at_its_deadline_while_another_renews_the_session() {
    let server = start().await;
    respond(&server, "poll", rejection(), None).await;
    respond(&server, "send", rejection(), None).await;
    let session = open(&server).await;
    let failure = json_response(400, &json!({"resultCode": "3"}));
    let failure = failure.set_delay(Duration::from_secs(8));
    respond_first(&server, "applyToken", failure).await;
    let hurried = session.clone().with_timeout(Duration::from_millis(300));
    let error = tokio::select! {
        biased;
        result = poll(&session) => panic!("the renewal ended first: {result:?}"),
        result = hurried.send_text("hello") => result.expect_err("no time"),
    };
    let SessionError::Call(error) = error else {
        panic!("{error:?}");
    };
    assert!(matches!(error.kind(), CallErrorKind::TimedOut), "{error:?}");
}

#[tokio::test]
async fn a_session_is_opened_within_its_timeout() {
    let server = start().await;
    let late = success().set_delay(Duration::from_secs(8));
    respond_first(&server, "applyToken", late).await;
    let session = builder(&server).timeout(Duration::from_millis(300));
    // The deadline also prevents a second attempt.
    let opened = tokio::time::timeout(Duration::from_secs(4), session.open()).await;
    let error = opened.expect("in time").expect_err("no session");
    let SessionError::Call(error) = error else {
        panic!("{error:?}");
    };
    assert!(matches!(error.kind(), CallErrorKind::TimedOut), "{error:?}");
}
