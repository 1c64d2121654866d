//! Every answer of the token service, and what the caller gets for it.

use std::time::Duration;

use gateway_tests::{Answer, Door, Gateway, InProcessGateway, OBJECT_KEY, TestClock, answers};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{PROGRAM, from_browser};

const TOKEN_PATH: &str = "/apigovernance/api/oauth/tokenByAkSk";

/// The documentation's example of an answer.
fn documented(access_token: &str) -> Value {
    json!({
        "AccessToken": access_token,
        "ApplyType": "Bearer",
        "CreateTime": "1545650171",
        "Expires": "600",
        "Scope": "default",
        "AppKey": "key",
        "UserID": "Anonymous",
    })
}

async fn token_service(upstream: &MockServer, answer: ResponseTemplate) {
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .and(header("content-type", "application/json"))
        .and(header("x-token-expire", "3600"))
        .and(body_json(json!({"app_key": "key", "app_secret": "secret"})))
        .respond_with(answer)
        .mount(upstream)
        .await;
}

fn stored() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"returnCode": "0", "objectKey": OBJECT_KEY}))
}

/// Uploads once through a gateway with its own credentials. It asks for a token at its start, and if
/// that gives none, once more for the upload.
async fn upload(upstream: &MockServer, settings: &[(&str, &str)]) -> Answer {
    let url = upstream.uri();
    let credentials = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ];
    let gateway = Gateway::start(PROGRAM, Door::Http, &[&credentials, settings].concat()).await;
    gateway.send(&from_browser("session")).await
}

async fn paths(upstream: &MockServer) -> Vec<String> {
    let received = upstream.received_requests().await.expect("recording is on");
    received
        .iter()
        .map(|request| request.url.path().to_owned())
        .collect()
}

#[tokio::test]
async fn the_token_of_the_documented_answer_is_sent_as_bearer() {
    let upstream = MockServer::start().await;
    token_service(
        &upstream,
        ResponseTemplate::new(200).set_body_json(documented("access")),
    )
    .await;
    answers(&upstream, stored()).await;
    assert_eq!(upload(&upstream, &[]).await.json()["returnCode"], "0");
    let received = upstream.received_requests().await.expect("recording is on");
    let headers = &received[1].headers;
    assert_eq!(headers["authorization"], "Bearer access");
    assert_eq!(headers["x-app-key"], "key");
    assert_eq!(headers["ccmessaging-token"], "session");
}

#[tokio::test]
async fn a_lifetime_that_is_a_number_or_missing_does_no_harm() {
    for expires in [json!(600), json!("soon"), Value::Null] {
        let upstream = MockServer::start().await;
        let mut answer = documented("access");
        answer["Expires"] = expires;
        token_service(&upstream, ResponseTemplate::new(200).set_body_json(answer)).await;
        answers(&upstream, stored()).await;
        assert_eq!(upload(&upstream, &[]).await.json()["returnCode"], "0");
    }
}

#[tokio::test]
async fn a_refused_key_is_unauthorised_and_the_operators_business() {
    for status in [400, 401, 403] {
        let upstream = MockServer::start().await;
        let refusal = json!({"errorCode": "0", "exceptionInfo": "auth fail!"});
        token_service(
            &upstream,
            ResponseTemplate::new(status).set_body_json(refusal),
        )
        .await;
        upload(&upstream, &[])
            .await
            .assert_refused(401, "3", &["app key", "operator"]);
        assert_eq!(paths(&upstream).await, [TOKEN_PATH; 2]);
    }
}

#[tokio::test]
async fn a_token_service_without_a_usable_answer_is_an_upload_failure() {
    let unusable = [
        ResponseTemplate::new(404),
        ResponseTemplate::new(500),
        ResponseTemplate::new(302).insert_header("location", "/elsewhere"),
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_json(json!({})),
        ResponseTemplate::new(200).set_body_json(json!({"AccessToken": 7})),
        ResponseTemplate::new(200).set_body_json(documented("")),
        ResponseTemplate::new(200).set_body_json(documented("two\nlines")),
        ResponseTemplate::new(200).set_body_json(documented(&"x".repeat(100_000))),
    ];
    for answer in unusable {
        let upstream = MockServer::start().await;
        token_service(&upstream, answer).await;
        upload(&upstream, &[])
            .await
            .assert_refused(500, "13", &["access token"]);
        assert_eq!(paths(&upstream).await, [TOKEN_PATH; 2]);
    }
}

#[tokio::test]
async fn a_token_service_that_does_not_answer_in_time_is_an_upload_failure() {
    let upstream = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(600));
    token_service(&upstream, slow).await;
    let settings = [("UPSTREAM_TIMEOUT_MS", "200")];
    upload(&upstream, &settings)
        .await
        .assert_refused(500, "13", &["access token"]);
}

#[tokio::test]
async fn the_token_service_may_be_at_an_address_of_its_own() {
    let upstream = MockServer::start().await;
    let tokens = MockServer::start().await;
    token_service(
        &tokens,
        ResponseTemplate::new(200).set_body_json(documented("access")),
    )
    .await;
    answers(&upstream, stored()).await;
    let settings = [("TOKEN_BASE_URL", tokens.uri())];
    let answer = upload(&upstream, &[(settings[0].0, &settings[0].1)]).await;
    assert_eq!(answer.json()["returnCode"], "0");
    assert_eq!(paths(&tokens).await, [TOKEN_PATH]);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_upload_repeated_once() {
    let fabric =
        json!({"errorCode": "0", "exceptionInfo": "auth fail! illegal or expired token info."});
    let refusals = [(401, json!({"returnCode": "401"})), (403, fabric)];
    for (status, body) in refusals {
        let upstream = MockServer::start().await;
        token_service(
            &upstream,
            ResponseTemplate::new(200).set_body_json(documented("access")),
        )
        .await;
        let refusal = ResponseTemplate::new(status).set_body_json(&body);
        answers(&upstream, refusal).await;
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
async fn a_refusal_without_the_documented_json_replaces_the_token_too() {
    let upstream = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(documented("access"));
    token_service(&upstream, answer).await;
    answers(&upstream, ResponseTemplate::new(401)).await;
    upload(&upstream, &[])
        .await
        .assert_refused(500, "13", &["status 401"]);
    assert_eq!(paths(&upstream).await.len(), 4);
}

#[tokio::test]
async fn a_lifetime_of_nothing_does_not_ask_for_a_token_per_upload() {
    let upstream = MockServer::start().await;
    let mut answer = documented("access");
    answer["Expires"] = json!("0");
    let answer = ResponseTemplate::new(200).set_body_json(answer);
    token_service(&upstream, answer).await;
    answers(&upstream, stored()).await;
    let url = upstream.uri();
    let settings = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ];
    // Whose clock stands still, however long the uploads take.
    let gateway = InProcessGateway::start(&settings, TestClock::default()).await;
    for _ in 0..3 {
        let answer = gateway.send(&from_browser("session")).await;
        assert_eq!(answer.json()["returnCode"], "0");
    }
    assert_eq!(paths(&upstream).await.len(), 4);
}

#[tokio::test]
async fn a_403_with_a_return_code_is_no_refused_token() {
    let upstream = MockServer::start().await;
    token_service(
        &upstream,
        ResponseTemplate::new(200).set_body_json(documented("access")),
    )
    .await;
    answers(
        &upstream,
        ResponseTemplate::new(403).set_body_json(json!({"returnCode": "3"})),
    )
    .await;
    assert_eq!(upload(&upstream, &[]).await.status, 403);
    assert_eq!(paths(&upstream).await.len(), 2);
}
