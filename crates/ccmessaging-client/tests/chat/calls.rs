//! Single calls: what is sent, which responses are accepted, and what is repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ccmessaging_client::{
    CallError, CallErrorKind, CallResponse, ChatCall, ChatCallKind, Client, ClientConfig, Deadline,
    InvalidResponse,
};
use ccmessaging_core::chat::{
    ChatResponse, DownloadRequest, DownloadType, HistoryRequest, PollRequest, SendRequest,
};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use wiremock::{MockServer, ResponseTemplate};

use crate::server::{client, credentials, header, json_response, received, respond, success};

/// One valid call of each kind.
fn calls() -> [ChatCall; 5] {
    let send = SendRequest::text("42", "channel", "hello").expect("valid");
    let history = HistoryRequest::new("channel", "42", 10, 0).expect("valid");
    let request = DownloadRequest::local("b6ed", DownloadType::Pdf).expect("valid");
    let max_bytes = 100;
    [
        ChatCall::Send(send.clone()),
        ChatCall::SendAsync(send),
        poll(),
        ChatCall::History(history),
        ChatCall::Download { request, max_bytes },
    ]
}

fn poll() -> ChatCall {
    ChatCall::Poll(PollRequest::new("4 2").expect("valid"))
}

async fn call(base_url: &str, call: &ChatCall) -> Result<CallResponse<ChatResponse>, CallError> {
    let (client, credentials) = (client(base_url), credentials());
    let request = client.chat(call, &credentials);
    request.timeout(Duration::from_secs(10)).send().await
}

/// Makes `call` against a server that gives this response to everything.
async fn answered(
    made: &ChatCall,
    response: &ResponseTemplate,
) -> (Result<CallResponse<ChatResponse>, CallError>, usize) {
    let server = MockServer::start().await;
    respond(&server, made.kind().name(), response.clone(), None).await;
    let reply = call(&server.uri(), made).await;
    (reply, received(&server, made.kind().name()).await.len())
}

#[tokio::test]
async fn every_call_is_sent_as_documented() {
    for made in calls() {
        let server = MockServer::start().await;
        respond(&server, made.kind().name(), success(), None).await;
        let trace = HeaderMap::from_iter([
            (
                http::HeaderName::from_static("traceparent"),
                HeaderValue::from_static("00-1"),
            ),
            // The credentials replace it.
            (
                http::header::AUTHORIZATION,
                HeaderValue::from_static("Basic x"),
            ),
        ]);
        let deadline = Deadline::after(Duration::from_secs(10));
        let (client, credentials) = (client(&server.uri()), credentials());
        let request = client.chat(&made, &credentials).headers(trace);
        let reply = request.deadline(deadline).send().await;
        let reply = reply.expect("documented");
        assert!(reply.is_success());
        assert_eq!(reply.attempts, 1);
        let sent = received(&server, made.kind().name()).await;
        for (name, value) in [
            ("ccmessaging-token", "session"),
            ("x-app-key", "key"),
            ("authorization", "Bearer access"),
            ("traceparent", "00-1"),
        ] {
            assert_eq!(header(&sent, name), [value], "{}", made.kind().name());
        }
        let [sent] = &sent[..] else {
            panic!("one request: {}", made.kind().name());
        };
        let body = match &made {
            ChatCall::Poll(_) => {
                assert_eq!(sent.url.query(), Some("receiverId=4%202&channel=WEB"));
                assert!(sent.body.is_empty() && !sent.headers.contains_key("content-type"));
                continue;
            }
            ChatCall::Send(request) | ChatCall::SendAsync(request) => request.to_json(),
            ChatCall::History(request) => request.to_json(),
            ChatCall::Download { request, .. } => request.to_json(),
        };
        assert_eq!(sent.body, body);
        assert_eq!(sent.headers["content-type"], "application/json");
    }
}

#[tokio::test]
async fn documented_responses_of_every_status_and_code_pass_unchanged() {
    let with_code = |code: &str| json!({"resultCode": code, "resultDesc": "what happened"});
    for made in calls() {
        let codes: &[&str] = match made {
            ChatCall::Download { .. } => &["0", "2", "13", "401"],
            _ => &["0", "1", "2", "3", "13"],
        };
        let mut responses: Vec<(u16, Value)> =
            codes.iter().map(|code| (200, with_code(code))).collect();
        responses.extend([400, 401, 404, 500].map(|status| (status, with_code("13"))));
        responses.push((
            403,
            json!({"errorCode": "0", "exceptionInfo": "auth fail!"}),
        ));
        for (status, body) in responses {
            let response = json_response(status, &body)
                .insert_header("ccmessaging-token", "rotated")
                .insert_header("retry-after", "7")
                .insert_header("x-request-id", "id-1");
            let (reply, requests) = answered(&made, &response).await;
            let reply = reply.expect("documented");
            assert_eq!(
                reply.status.as_u16(),
                status,
                "{} {body}",
                made.kind().name()
            );
            assert_eq!(reply.body, body.to_string());
            assert_eq!(reply.result.code(), body["resultCode"].as_str());
            assert_eq!(reply.retry_after(), Some(Duration::from_secs(7)));
            assert_eq!(reply.request_id.as_deref(), Some("id-1"));
            assert_eq!(
                reply.session_token.as_ref().map(HeaderValue::as_bytes),
                Some(&b"rotated"[..])
            );
            assert_eq!(
                reply.is_success(),
                body["resultCode"] == "0" && status == 200
            );
            assert_eq!(reply.rejects_token(), status == 401 || status == 403);
            assert_eq!(requests, 1, "{} {status}", made.kind().name());
        }
        // With a result code, the contact centre itself forbids the call, for another reason.
        let (reply, _) = answered(&made, &json_response(403, &with_code("13"))).await;
        assert!(!reply.expect("documented").rejects_token());
    }
}

#[tokio::test]
async fn undocumented_responses_are_errors() {
    let text = |status, body: &str| ResponseTemplate::new(status).set_body_string(body);
    let long = format!("{{\"resultCode\":\"0\",\"x\":\"{}\"}}", "x".repeat(1 << 21));
    for made in calls() {
        for (response, expected) in [
            (text(200, "<html>"), InvalidResponse::Undocumented),
            (text(500, "<html>"), InvalidResponse::Undocumented),
            (text(200, "[]"), InvalidResponse::Undocumented),
            (text(200, ""), InvalidResponse::Undocumented),
            (text(204, ""), InvalidResponse::Undocumented),
            (
                text(200, r#"{"errorCode":"0"}"#),
                InvalidResponse::Undocumented,
            ),
            (
                text(200, r#"{"resultCode":"0","resultCode":"1"}"#),
                InvalidResponse::Undocumented,
            ),
            (
                text(200, r#"{"resultCode":"0","returnCode":"1"}"#),
                InvalidResponse::Undocumented,
            ),
            (text(200, &long), InvalidResponse::TooLong),
            (
                text(302, "{}").insert_header("location", "https://example.com"),
                InvalidResponse::Redirect,
            ),
        ] {
            let (reply, requests) = answered(&made, &response).await;
            let error = reply.expect_err("undocumented");
            let CallErrorKind::UnexpectedResponse { problem, .. } = error.kind() else {
                panic!("{}: {error:?}", made.kind().name());
            };
            assert_eq!(*problem, expected, "{}", made.kind().name());
            assert_eq!(requests, 1);
        }
    }
}

#[tokio::test]
async fn only_a_download_may_omit_the_result_code_of_a_success() {
    let response = json_response(200, &json!({"fileStream": "aGVsbG8="}));
    for made in calls() {
        let (reply, _) = answered(&made, &response).await;
        let is_download = made.kind() == ChatCallKind::Download;
        assert_eq!(reply.is_ok_and(|reply| reply.is_success()), is_download);
    }
}

#[tokio::test]
async fn a_message_is_never_repeated_once_it_may_have_been_received() {
    for status in [429, 502, 503, 504] {
        let response = json_response(status, &json!({"resultCode": "13"}));
        for made in calls() {
            let (reply, requests) = answered(&made, &response).await;
            assert_eq!(reply.expect("documented").status.as_u16(), status);
            let expected = if made.kind().is_message() { 1 } else { 3 };
            assert_eq!(requests, expected, "{} {status}", made.kind().name());
        }
    }
    // A connection that is closed after the request was read.
    for made in calls() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let server = tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let read = connection.read(&mut request).await.expect("a request");
                assert!(read > 0);
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        let error = call(&url, &made).await.expect_err("no response");
        assert!(
            matches!(error.kind(), CallErrorKind::ConnectionClosed(_)),
            "{error:?}"
        );
        assert!(error.may_have_been_received());
        let expected = if made.kind().is_message() { 1 } else { 3 };
        assert_eq!(
            count.load(Ordering::Relaxed),
            expected,
            "{}",
            made.kind().name()
        );
        server.abort();
    }
}

#[tokio::test]
async fn every_call_is_repeated_if_no_connection_can_be_opened() {
    // A port that is bound but not listened on refuses connections.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket
        .bind(([127, 0, 0, 1], 0).into())
        .expect("a free port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    for made in calls() {
        let error = call(&url, &made).await.expect_err("rejected");
        assert_eq!(error.attempts(), 3, "{}", made.kind().name());
        assert!(error.is_transient());
        assert!(!error.may_have_been_received());
    }
}

#[tokio::test]
async fn a_stalled_handshake_counts_as_no_connection() {
    // The system accepts its connections; the listener never reads from them.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let proxy = format!("http://{address}").parse().expect("a URL");
    for (url, proxy) in [
        (format!("https://{address}"), None),
        ("https://service.example.com".to_owned(), Some(proxy)),
    ] {
        let mut config = ClientConfig::new(url.parse().expect("a URL"));
        config.proxy = proxy;
        config.connect_timeout = Duration::from_millis(50);
        config.retry.min_delay = Duration::from_millis(1);
        let client = Client::new(&config).expect("a client");
        let [send, ..] = calls();
        let request = client.chat(&send, &credentials());
        let error = request.timeout(Duration::from_secs(10)).send().await;
        let error = error.expect_err("no connection");
        assert!(
            matches!(error.kind(), CallErrorKind::Connect(_)),
            "{error:?}"
        );
        assert_eq!(error.attempts(), 3);
    }
}

#[tokio::test]
async fn an_attempt_uses_the_token_that_the_one_before_rotated() {
    let server = MockServer::start().await;
    let busy = json_response(503, &json!({"resultCode": "13"}));
    let busy = busy.insert_header("ccmessaging-token", "rotated");
    respond(&server, "poll", busy, Some(1)).await;
    respond(&server, "poll", success(), None).await;
    let reply = call(&server.uri(), &poll()).await;
    let reply = reply.expect("documented");
    assert_eq!(reply.attempts, 2);
    assert_eq!(
        reply.session_token.as_ref().map(HeaderValue::as_bytes),
        Some(&b"rotated"[..])
    );
    let sent = received(&server, "poll").await;
    assert_eq!(header(&sent, "ccmessaging-token"), ["session", "rotated"]);
}

#[tokio::test]
async fn debug_output_contains_no_message() {
    let body = json!({"resultCode": "0", "downlinkMessages": [{"content": "hush"}]});
    let made = poll();
    let (reply, _) = answered(&made, &json_response(200, &body)).await;
    let printed = format!("{:?} {made:?}", reply.expect("documented"));
    assert!(!printed.contains("hush"), "{printed}");
}
