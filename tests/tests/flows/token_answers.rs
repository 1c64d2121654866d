//! Answers of the token service, and what the caller gets for them. Its faults are in the table of the
//! suite `faults`.

use std::time::Duration;

use gateway_tests::{
    Answer, Gateway, InProcessGateway, Platform, answering, received, stored, upstream_storing,
};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{PROGRAM, from_browser};

const TOKEN_PATH: &str = "/apigovernance/api/oauth/tokenByAkSk";

/// The documentation's example of an answer, with another token and lifetime.
fn documented(access_token: impl Into<Value>, expires: impl Into<Value>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "AccessToken": access_token.into(),
        "ApplyType": "Bearer",
        "CreateTime": "1545650171",
        "Expires": expires.into(),
        "Scope": "default",
        "AppKey": "key",
        "UserID": "Anonymous",
    }))
}

fn usable() -> ResponseTemplate {
    documented("access", "600")
}

/// Lets the upstream give this answer to the gateway's credentials.
async fn with_tokens(upstream: MockServer, answer: ResponseTemplate) -> MockServer {
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .and(header("content-type", "application/json"))
        .and(header("x-token-expire", "3600"))
        .and(body_json(json!({"app_key": "key", "app_secret": "secret"})))
        .respond_with(answer)
        .mount(&upstream)
        .await;
    upstream
}

/// An upstream that stores every file, and whose token service gives this answer.
async fn storing(token: ResponseTemplate) -> MockServer {
    with_tokens(upstream_storing().await, token).await
}

fn credentials(url: &str) -> [(&str, &str); 3] {
    [
        ("UPSTREAM_BASE_URL", url),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ]
}

/// Uploads once through a gateway with its own credentials. It asks for a token at its start, and if
/// that gives none, once more for the upload.
async fn upload(upstream: &MockServer, settings: &[(&str, &str)]) -> Answer {
    let url = upstream.uri();
    let settings = [&credentials(&url), settings].concat();
    let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
    gateway.send(&from_browser("session")).await
}

async fn paths(upstream: &MockServer) -> Vec<String> {
    let received = received(upstream).await;
    let path = |request: &wiremock::Request| request.url.path().to_owned();
    received.iter().map(path).collect()
}

#[tokio::test]
async fn token_is_sent_as_bearer() {
    let upstream = storing(usable()).await;
    upload(&upstream, &[]).await.assert_stored();
    let headers = &received(&upstream).await[1].headers;
    assert_eq!(headers["authorization"], "Bearer access");
    assert_eq!(headers["x-app-key"], "key");
    assert_eq!(headers["ccmessaging-token"], "session");
}

#[tokio::test]
async fn numeric_or_missing_lifetimes_are_accepted() {
    for expires in [json!(600), json!("soon"), Value::Null] {
        let upstream = storing(documented("access", expires)).await;
        upload(&upstream, &[]).await.assert_stored();
    }
}

#[tokio::test]
async fn unusable_token_response_fails_the_upload() {
    let unusable = [
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_json(json!({})),
        ResponseTemplate::new(200).set_body_json(json!({"AccessToken": 7})),
        documented("", "600"),
        documented("two\nlines", "600"),
        documented("x".repeat(100_000), "600"),
    ];
    for answer in unusable {
        let upstream = storing(answer).await;
        let answer = upload(&upstream, &[]).await;
        answer.assert_refused(500, "13", &["access token"]);
        assert_eq!(paths(&upstream).await, [TOKEN_PATH; 2]);
    }
}

#[tokio::test]
async fn a_response_with_two_access_tokens_is_rejected() {
    let twice = r#"{"AccessToken":"one","AccessToken":"two","Expires":"600"}"#;
    let upstream = storing(ResponseTemplate::new(200).set_body_string(twice)).await;
    let answer = upload(&upstream, &[]).await;
    answer.assert_refused(500, "13", &["access token"]);
    assert!(paths(&upstream).await.iter().all(|path| path == TOKEN_PATH));
}

#[tokio::test]
async fn token_service_can_have_its_own_address() {
    let tokens = with_tokens(MockServer::start().await, usable()).await;
    let settings = [("TOKEN_BASE_URL", &*tokens.uri())];
    let answer = upload(&upstream_storing().await, &settings).await;
    answer.assert_stored();
    assert_eq!(paths(&tokens).await, [TOKEN_PATH]);
}

#[tokio::test]
async fn rejected_token_is_replaced_once_and_the_upload_retried_once() {
    let fabric =
        json!({"errorCode": "0", "exceptionInfo": "auth fail! illegal or expired token info."});
    for (status, body) in [(401, json!({"returnCode": "401"})), (403, fabric)] {
        let refusal = ResponseTemplate::new(status).set_body_json(&body);
        let upstream = with_tokens(answering(refusal).await, usable()).await;
        let answer = upload(&upstream, &[]).await;
        assert_eq!((answer.status, answer.json()), (status, body));
        let calls = paths(&upstream).await;
        let uploads = calls
            .iter()
            .filter(|path| path.ends_with("/uploadFileStream"));
        assert_eq!((calls.len(), uploads.count()), (4, 2), "{calls:?}");
    }
}

#[tokio::test]
async fn rejection_without_the_documented_json_replaces_the_token_too() {
    let refusing = answering(ResponseTemplate::new(401)).await;
    let upstream = with_tokens(refusing, usable()).await;
    let answer = upload(&upstream, &[]).await;
    answer.assert_refused(500, "13", &["status 401"]);
    assert_eq!(paths(&upstream).await.len(), 4);
}

#[tokio::test]
async fn lifetime_of_zero_does_not_fetch_a_token_per_upload() {
    let upstream = storing(documented("access", "0")).await;
    let url = upstream.uri();
    let gateway = InProcessGateway::start(&credentials(&url)).await;
    let gateway = gateway.with_stopped_clock();
    for _ in 0..3 {
        gateway.send(&from_browser("session")).await.assert_stored();
    }
    assert_eq!(paths(&upstream).await.len(), 4);
}

#[tokio::test]
async fn invalid_lifetimes_count_as_the_minimum() {
    for expires in ["0", "-1", "-3600", "NaN", "inf", "1e400", "soon"] {
        let upstream = storing(documented("access", expires)).await;
        let url = upstream.uri();
        let gateway = InProcessGateway::start(&credentials(&url)).await;
        for (pause, tokens) in [(0, 1), (0, 1), (11, 2)] {
            gateway.advance(Duration::from_secs(pause)).await;
            gateway.send(&from_browser("session")).await.assert_stored();
            let paths = paths(&upstream).await;
            let calls = paths.iter().filter(|path| *path == TOKEN_PATH);
            assert_eq!(calls.count(), tokens, "{expires}");
        }
    }
}

#[tokio::test]
async fn status_403_with_a_return_code_does_not_replace_the_token() {
    let refusal = ResponseTemplate::new(403).set_body_json(json!({"returnCode": "3"}));
    let upstream = with_tokens(answering(refusal).await, usable()).await;
    assert_eq!(upload(&upstream, &[]).await.status, 403);
    assert_eq!(paths(&upstream).await.len(), 2);
}

#[tokio::test]
async fn access_token_and_app_secret_are_never_forwarded() {
    const ACCESS_TOKEN: &str = "access-token-of-the-gateway";
    let answers = [
        ResponseTemplate::new(200).set_body_string(stored()),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(401).set_body_json(json!({"returnCode": "401"})),
        ResponseTemplate::new(503).insert_header("retry-after", "0"),
    ];
    for answer in answers {
        let answer = answer
            .insert_header("authorization", format!("Bearer {ACCESS_TOKEN}"))
            .insert_header("x-app-key", "key");
        let tokens = with_tokens(MockServer::start().await, documented(ACCESS_TOKEN, "600")).await;
        let upstream = answering(answer).await;
        let settings = [("TOKEN_BASE_URL", &*tokens.uri())];
        let answer = upload(&upstream, &settings).await;
        let shown = format!("{:?} {}", answer.headers, answer.text);
        assert!(!shown.contains(ACCESS_TOKEN), "{shown}");
        for request in received(&upstream).await {
            assert_eq!(
                request.headers["authorization"],
                format!("Bearer {ACCESS_TOKEN}").as_str()
            );
            let request = format!("{request:?} {}", String::from_utf8_lossy(&request.body));
            // Of the app secret, whose value is this word, nothing but the fields' names.
            assert!(!request.contains("secret"), "{request}");
        }
        for request in received(&tokens).await {
            assert!(!request.headers.contains_key("ccmessaging-token"));
        }
    }
}
