//! The session token rotates, and a client that follows it goes on.

use ccmessaging_sandbox::{Call, Fault, FaultRule, RotationPolicy, Sandbox};
use futures_util::future::join_all;
use gateway_tests::{Gateway, Platform, Request, answering, received, stored};
use http::HeaderValue;
use std::time::Duration;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{PROGRAM, fail, from_browser, managed_gateway};

#[tokio::test]
async fn token_rotated_by_a_failed_attempt_is_used_for_the_retry_and_forwarded() {
    let overloaded = |body: &str| {
        ResponseTemplate::new(503)
            .insert_header("ccmessaging-token", "rotated")
            .insert_header("retry-after", "0")
            .set_body_string(body)
    };
    let stored = ResponseTemplate::new(200).set_body_string(stored());
    for (last, status) in [(stored, 200), (overloaded("<html>"), 500)] {
        let upstream = MockServer::start().await;
        for (token, answer) in [("first", overloaded("{}")), ("rotated", last)] {
            Mock::given(method("POST"))
                .and(header("ccmessaging-token", token))
                .respond_with(answer)
                .mount(&upstream)
                .await;
        }
        let settings = [("UPSTREAM_BASE_URL", &*upstream.uri())];
        let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
        let request = Request::png().with("ccmessaging-token", "first");
        let answer = gateway.send(&request).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.header("ccmessaging-token"), Some("rotated"));
    }
}

#[tokio::test]
async fn unusable_rotated_token_is_ignored() {
    let too_long = "x".repeat(4097);
    let unusable: [&[&[u8]]; 6] = [
        &[b""],
        &[b"two words"],
        &[b"caf\xc3\xa9"],
        &[b"tab\there"],
        &[too_long.as_bytes()],
        &[b"one", b"two"],
    ];
    for values in unusable {
        let with_token = |mut answer: ResponseTemplate| {
            for value in values {
                let value = HeaderValue::from_bytes(value).expect("a header's value");
                answer = answer.append_header("ccmessaging-token", value);
            }
            answer
        };
        let busy = ResponseTemplate::new(503).insert_header("retry-after", "0");
        let busy = with_token(busy.set_body_string("{}"));
        let stored = with_token(ResponseTemplate::new(200).set_body_string(stored()));
        let upstream = MockServer::start().await;
        for (answer, times) in [(busy, 1), (stored, u64::MAX)] {
            Mock::given(method("POST"))
                .and(header("ccmessaging-token", "callers"))
                .respond_with(answer)
                .up_to_n_times(times)
                .mount(&upstream)
                .await;
        }
        let settings = [("UPSTREAM_BASE_URL", &*upstream.uri())];
        let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
        let request = Request::png().with("ccmessaging-token", "callers");
        let answer = gateway.send(&request).await;
        answer.assert_stored();
        assert_eq!(answer.header("ccmessaging-token"), None, "{values:?}");
        assert_eq!(received(&upstream).await.len(), 2);
        let log = gateway.stop().await;
        assert!(log.contains("no usable ccmessaging-token"), "{log}");
        assert!(!log.contains("two words") && !log.contains("xxxx"), "{log}");
    }
}

#[tokio::test]
async fn rotated_token_of_4_kib_is_forwarded() {
    let token = "x".repeat(4096);
    let answer = ResponseTemplate::new(200).insert_header("ccmessaging-token", token.as_str());
    let upstream = answering(answer.set_body_string(stored())).await;
    let settings = [("UPSTREAM_BASE_URL", &*upstream.uri())];
    let gateway = Gateway::start(PROGRAM, Platform::Http, &settings).await;
    let answer = gateway.send(&Request::png()).await;
    assert_eq!(answer.header("ccmessaging-token"), Some(token.as_str()));
}

/// A sandbox that accepts each session token once.
async fn rotating_sandbox() -> Sandbox {
    Sandbox::builder()
        .rotate_session_token(RotationPolicy::every_call().revoke_old())
        .start()
        .await
        .expect("the sandbox starts")
}

#[tokio::test]
async fn only_clients_that_use_the_rotated_token_can_continue() {
    for platform in Platform::ALL {
        let sandbox = rotating_sandbox().await;
        let gateway = managed_gateway(platform, &sandbox, &[]).await;
        let first_token = sandbox.issue_session_token();
        let mut token = first_token.clone();
        for _ in 0..3 {
            let answer = gateway.send(&from_browser(&token)).await;
            answer.assert_stored();
            let rotated = answer.header("ccmessaging-token").expect("a rotated token");
            assert_ne!(rotated, token);
            rotated.clone_into(&mut token);
        }
        assert_eq!(gateway.send(&from_browser(&first_token)).await.status, 401);
        assert_eq!(sandbox.uploads().len(), 3);
    }
}

#[tokio::test]
async fn rotated_token_of_an_unusable_response_is_forwarded() {
    let handed_over = async |(plan, settings): (FaultRule, &[_])| {
        let sandbox = rotating_sandbox().await;
        fail(&sandbox, plan);
        let gateway = managed_gateway(Platform::Http, &sandbox, settings).await;
        let request = from_browser(&sandbox.issue_session_token());
        let failed = gateway.send(&request).await;
        failed.assert_refused(500, "13", &[]);
        let rotated = failed.header("ccmessaging-token").expect("a rotated token");
        gateway.send(&from_browser(rotated)).await.assert_stored();
    };
    let cases = [
        (Fault::cut().on(Call::UploadFileStream).nth(1), &[][..]),
        (Fault::truncate().on(Call::UploadFileStream).nth(1), &[]),
        (
            Fault::drip(Duration::from_secs(600), 1)
                .on(Call::UploadFileStream)
                .nth(1),
            &[("UPSTREAM_TIMEOUT_MS", "5000")],
        ),
    ];
    join_all(cases.map(handed_over)).await;
}
