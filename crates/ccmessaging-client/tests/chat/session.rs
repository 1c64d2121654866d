//! Messages of a session: what is sent, in which format, and how often.

use ccmessaging_client::{App, ChatOptions, Session, SessionError};
use ccmessaging_core::FileType;
use ccmessaging_core::chat::{HistoryRequest, MediaFormat, PollRequest, SendRequest, SentFile};
use http::HeaderValue;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::server::{
    builder, client, fabric_rejection, header, json_response, open, received, respond, start,
    success,
};

async fn bodies(server: &MockServer, call: &str) -> Vec<Value> {
    let requests = received(server, call).await;
    let body = |request: &wiremock::Request| request.body_json().expect("JSON");
    requests.iter().map(body).collect()
}

#[tokio::test]
async fn a_chat_is_connected_and_ended() {
    let server = start().await;
    respond(&server, "send", success(), None).await;
    let session = open(&server).await;
    session.connect().await.expect("sent");
    session.transfer_to_agent().await.expect("sent");
    session.send_text("hello").await.expect("sent");
    session.disconnect().await.expect("sent");
    let sent = bodies(&server, "send").await;
    let types: Vec<&Value> = sent.iter().map(|body| &body["controlType"]).collect();
    assert_eq!(types, ["CONNECT", "TRANS2AGENT", "CHAT", "DISCONNECT"]);
    assert_eq!(sent[2]["content"], "hello");
    assert!(
        sent.iter()
            .all(|body| body["from"] == "42" && body["to"] == "channel")
    );

    let too_long = session
        .send_text(&"x".repeat(1025))
        .await
        .expect_err("too long");
    assert!(matches!(too_long, SessionError::Message(_)), "{too_long:?}");
    assert!(!too_long.may_have_been_received());
    assert_eq!(received(&server, "send").await.len(), 4);
}

#[tokio::test]
async fn a_file_is_sent_in_the_format_of_its_call() {
    let server = start().await;
    respond(&server, "send", success(), None).await;
    respond(&server, "sendAsync", success(), None).await;
    let session = open(&server).await;
    let photo = SentFile::new(FileType::Jpg, "photo.jpg", 9);
    let table = SentFile::new(FileType::Csv, "a,b.csv", 9);
    let with = |send_async, media_format| {
        let mut options = ChatOptions::default();
        options.send_async = send_async;
        options.media_format = media_format;
        builder(&server)
            .chat_options(options)
            .resume(session.token())
    };
    for (session, call, media) in [
        (with(false, None), "send", "k"),
        (with(true, None), "sendAsync", "k,jpg"),
        (
            with(false, Some(MediaFormat::ObjectKeyAndType)),
            "send",
            "k,jpg",
        ),
        (with(true, Some(MediaFormat::ObjectKey)), "sendAsync", "k"),
    ] {
        session.send_file("k", &photo).await.expect("sent");
        session.send_file("k", &table).await.expect("sent");
        let sent = bodies(&server, call).await;
        let [.., photo, table] = &sent[..] else {
            panic!("two messages: {sent:?}");
        };
        assert_eq!(
            (&photo["mediaType"], &photo["content"]),
            (&json!("IMAGE"), &json!(media))
        );
        assert_eq!(
            (&table["mediaType"], &table["content"]),
            (&json!("FILE"), &json!("a_b.csv,9,k,csv"))
        );
    }
    let error = session.send_file("a,b", &photo).await.expect_err("no key");
    assert!(matches!(error, SessionError::Message(_)), "{error:?}");
}

#[tokio::test]
async fn a_rejected_token_is_the_only_reason_to_send_a_message_again() {
    let unauthorized = json_response(401, &json!({"resultCode": "401"}));
    let html = wiremock::ResponseTemplate::new(401).set_body_string("<html>");
    for rejection in [unauthorized, html, fabric_rejection()] {
        for call in ["send", "sendAsync"] {
            let server = start().await;
            respond(&server, call, rejection.clone(), Some(1)).await;
            respond(&server, call, success(), None).await;
            let session = open(&server).await;
            let hello = SendRequest::text("42", "channel", "hello").expect("valid");
            let sent = match call {
                "send" => session.send(&hello).await,
                _ => session.send_async(&hello).await,
            };
            sent.expect("sent");
            let sent = received(&server, call).await;
            assert_eq!(
                header(&sent, "authorization"),
                ["Bearer access-1", "Bearer access-1"]
            );
            assert_eq!(
                header(&sent, "ccmessaging-token"),
                ["session-1", "session-2"]
            );
        }
    }
    let server = start().await;
    respond(&server, "send", fabric_rejection(), None).await;
    let error = open(&server)
        .await
        .send_text("hello")
        .await
        .expect_err("rejected");
    assert!(
        matches!(
            error,
            SessionError::TokenRejected {
                status: http::StatusCode::FORBIDDEN,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!error.may_have_been_received());
    assert_eq!(received(&server, "send").await.len(), 2);
}

#[tokio::test]
async fn a_failed_message_is_sent_once_and_reported() {
    for (status, code, is_transient, may_have_been_received) in [
        (200, "1", false, false),
        (400, "3", false, false),
        (404, "3", false, false),
        (403, "13", false, false),
        (500, "13", true, true),
        (503, "13", true, true),
        (429, "13", true, false),
    ] {
        let server = start().await;
        let body = json!({"resultCode": code, "resultDesc": "why"});
        let response = json_response(status, &body).insert_header("retry-after", "9");
        respond(&server, "send", response, None).await;
        let error = open(&server)
            .await
            .send_text("hello")
            .await
            .expect_err("rejected");
        assert_eq!(error.is_transient(), is_transient, "{status}");
        assert_eq!(
            error.may_have_been_received(),
            may_have_been_received,
            "{status}"
        );
        assert_eq!(error.retry_after().map(|time| time.as_secs()), Some(9));
        assert!(
            matches!(error, SessionError::ChatRejected { call: "send", .. }),
            "{error:?}"
        );
        assert_eq!(received(&server, "send").await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn messages_and_history_are_typed() {
    let server = start().await;
    let message = json!({"content": "hello", "sourceType": "AGENT", "timestamp": 7});
    let poll = json!({"resultCode": "0", "downlinkMessages": [message]});
    respond(&server, "poll", json_response(200, &poll), None).await;
    let history = json!({"resultCode": "0", "messageList": [message, message]});
    respond(
        &server,
        "queryHistoryChatMessage",
        json_response(200, &history),
        None,
    )
    .await;
    let session = open(&server).await;
    let request = PollRequest::new("42").expect("valid");
    let messages = session.poll(&request).await.expect("documented");
    assert_eq!(messages.len(), 1);
    assert_eq!(
        (&*messages[0].content, messages[0].timestamp),
        ("hello", Some(7))
    );
    let request = HistoryRequest::new("channel", "42", 10, 0).expect("valid");
    assert_eq!(
        session.history(&request).await.expect("documented").len(),
        2
    );
}

#[tokio::test]
async fn a_list_of_another_type_is_an_error() {
    let server = start().await;
    let poll = json!({"resultCode": "0", "downlinkMessages": "none"});
    respond(&server, "poll", json_response(200, &poll), None).await;
    let rejected = json!({"resultCode": "1", "resultDesc": "why"});
    respond(
        &server,
        "queryHistoryChatMessage",
        json_response(200, &rejected),
        None,
    )
    .await;
    let session = open(&server).await;
    let request = PollRequest::new("42").expect("valid");
    let error = session.poll(&request).await.expect_err("no list");
    assert!(
        matches!(error, SessionError::InvalidResponse { call: "poll", .. }),
        "{error:?}"
    );
    let request = HistoryRequest::new("channel", "42", 10, 0).expect("valid");
    let error = session.history(&request).await.expect_err("rejected");
    assert!(
        matches!(error, SessionError::ChatRejected { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn clones_share_rotated_and_renewed_tokens() {
    let server = start().await;
    respond(
        &server,
        "send",
        success().insert_header("ccmessaging-token", "rotated"),
        Some(1),
    )
    .await;
    respond(&server, "send", success(), None).await;
    let session = open(&server).await;
    let other = session.clone();
    session.send_text("one").await.expect("sent");
    other.send_text("two").await.expect("sent");
    assert_eq!(other.token(), "rotated");
    let sent = received(&server, "send").await;
    assert_eq!(header(&sent, "ccmessaging-token"), ["session-1", "rotated"]);
}

#[tokio::test]
async fn calls_that_are_rejected_together_renew_the_session_once() {
    let server = start().await;
    let rejection = json_response(401, &json!({"resultCode": "401"}));
    respond(&server, "send", rejection.clone(), Some(1)).await;
    respond(&server, "poll", rejection, Some(1)).await;
    respond(&server, "send", success(), None).await;
    respond(&server, "poll", success(), None).await;
    let session = open(&server).await;
    let request = PollRequest::new("42").expect("valid");
    let (sent, polled) = tokio::join!(session.send_text("hello"), session.poll(&request));
    sent.expect("sent");
    polled.expect("polled");
    assert_eq!(received(&server, "applyToken").await.len(), 2);
    assert_eq!(session.token(), "session-2");
}

#[tokio::test]
async fn a_resumed_session_needs_its_customer_for_messages() {
    let server = start().await;
    respond(&server, "send", success(), None).await;
    let client = client(&server.uri());
    let app = App::new(&client, "key", "secret").expect("an app");
    let token = HeaderValue::from_static("session");
    let unopened = Session::builder(&client, app.clone()).open().await;
    let error = unopened.expect_err("no customer");
    assert!(matches!(error, SessionError::NoCustomer), "{error:?}");
    let resumed = Session::builder(&client, app).resume(token.clone());
    let error = resumed.connect().await.expect_err("no customer");
    assert!(matches!(error, SessionError::NoCustomer), "{error:?}");
    assert!(resumed.messages().is_err());
    let hello = SendRequest::text("42", "channel", "hello").expect("valid");
    resumed.send(&hello).await.expect("sent");
    let resumed = builder(&server).resume(token);
    resumed.connect().await.expect("sent");
    assert_eq!(received(&server, "send").await.len(), 2);
}
