//! The caller's credentials, and which headers pass in which direction.

use gateway_tests::{Answer, Door, Request, answers, sample, upstream_storing};
use wiremock::{MockServer, ResponseTemplate};

use crate::{gateway, refused};

fn upload() -> Request {
    Request::upload("png", &sample("rgb.png"))
}

#[tokio::test]
async fn a_missing_session_token_or_app_key_is_a_missing_parameter() {
    for name in ["ccmessaging-token", "x-app-key"] {
        for request in [upload().without(name), upload().with(name, "")] {
            refused(&request, |answer| answer.assert_refused(400, "2", &[name])).await;
        }
    }
}

#[tokio::test]
async fn an_authorization_that_is_missing_or_not_bearer_is_unauthorised() {
    let judge = |answer: &Answer| answer.assert_refused(401, "3", &["authorization", "Bearer"]);
    refused(&upload().without("authorization"), judge).await;
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Basic dTpw",
        "token",
        "Bearertoken",
        "Bearer a b",
    ] {
        refused(&upload().with("authorization", value), judge).await;
    }
}

#[tokio::test]
async fn a_header_sent_twice_is_refused() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
    for name in ["ccmessaging-token", "x-app-key", "authorization"] {
        let mut request = upload();
        request
            .headers
            .push((name.to_owned(), "Bearer other".to_owned()));
        gateway
            .send(&request)
            .await
            .assert_refused(400, "3", &[name, "once"]);
    }
    gateway_tests::assert_untouched(&upstream).await;
}

#[tokio::test]
async fn only_the_documented_headers_reach_the_upstream() {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        let request = upload()
            .with("cookie", "session=secret")
            .with("x-forwarded-for", "192.0.2.7")
            .with("origin", "https://shop.example.com")
            .with("authorization", "bearer access-token-of-the-test")
            .with("x-cff-request-id", "abc");
        assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");

        let received = upstream.received_requests().await.expect("recording is on");
        let headers = &received[0].headers;
        let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        assert_eq!(
            value("ccmessaging-token"),
            Some("session-token-of-the-test")
        );
        assert_eq!(value("x-app-key"), Some("app-key-of-the-test"));
        assert_eq!(
            value("authorization"),
            Some("Bearer access-token-of-the-test")
        );
        assert_eq!(value("content-type"), Some("application/json"));
        assert_eq!(
            value("content-length"),
            Some(received[0].body.len().to_string().as_str())
        );
        let mut names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        let allowed = [
            "authorization",
            "ccmessaging-token",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-app-key",
        ];
        assert_eq!(names, allowed);
    }
}

#[tokio::test]
async fn a_rotated_token_and_retry_after_pass_back_and_nothing_else() {
    for door in Door::ALL {
        let upstream = MockServer::start().await;
        let answer = ResponseTemplate::new(200)
            .insert_header("ccmessaging-token", "rotated-token")
            .insert_header("retry-after", "7")
            .insert_header("set-cookie", "a=b")
            .insert_header("server", "fabric")
            .insert_header("x-internal", "10.0.0.1")
            .set_body_raw(r#"{"returnCode":"0","objectKey":"k"}"#, "text/plain");
        answers(&upstream, answer).await;
        let answer = gateway(door, &upstream.uri(), &[])
            .await
            .send(&upload())
            .await;
        assert_eq!(answer.header("ccmessaging-token"), Some("rotated-token"));
        assert_eq!(answer.header("retry-after"), Some("7"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        for name in ["set-cookie", "server", "x-internal"] {
            assert_eq!(answer.header(name), None, "{name}");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_a_request_identifier() {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        let first = gateway.send(&upload()).await;
        let second = gateway.send(&upload().path("/unknown")).await;
        let id = |answer: &Answer| answer.header("x-request-id").map(str::to_owned);
        assert!(id(&first).is_some());
        assert!(id(&second).is_some());
        assert_ne!(id(&first), id(&second));
    }
}

#[tokio::test]
async fn the_platforms_identifier_becomes_the_request_identifier() {
    let upstream = upstream_storing().await;
    let lambda = gateway(Door::Lambda, &upstream.uri(), &[]).await;
    let answer = lambda.send(&upload()).await;
    assert_eq!(answer.header("x-request-id"), Some("invocation-1"));

    let http = gateway(Door::Http, &upstream.uri(), &[]).await;
    let answer = http.send(&upload().with("x-cff-request-id", "cff-7")).await;
    assert_eq!(answer.header("x-request-id"), Some("cff-7"));
}
