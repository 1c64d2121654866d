//! The upstream's own answers pass through unchanged, whatever their status.

use gateway_tests::{Door, Request, answers, sample};
use wiremock::{MockServer, ResponseTemplate};

use crate::gateway;

/// Every documented status and return code, in both documented spellings, and what the API fabric
/// and gateways in front of it are known to send.
const ANSWERS: [(u16, &str); 15] = [
    (
        200,
        r#"{"returnCode":"0","objectKey":"0d1f6a3c-7e2b-4c58-9a41-5b8e7f2d6c90"}"#,
    ),
    (
        200,
        r#"{ "objectKey" : "k", "returnCode" : "0", "extra": [1.50, "\u00e9"] }"#,
    ),
    (
        200,
        r#"{"resultCode":"0","resultDesc":"success","objectKey":"k"}"#,
    ),
    (200, r#"{"returnCode":"2"}"#),
    (200, r#"{"returnCode":"3"}"#),
    (200, r#"{"returnCode":"13"}"#),
    (
        200,
        r#"{"resultCode":"13","resultDesc":"upload file exception"}"#,
    ),
    (400, r#"{"returnCode":"3"}"#),
    (401, r#"{"returnCode":"401"}"#),
    (
        403,
        r#"{"errorCode":"0","exceptionInfo":"auth fail! illegal or expired token info."}"#,
    ),
    (404, r#"{"returnCode":"404"}"#),
    (413, r#"{"error":"too large"}"#),
    (500, r#"{"returnCode":"13"}"#),
    (501, "{}"),
    (418, r#"{"error_msg":"x","error_code":"APIG.0301"}"#),
];

#[tokio::test]
async fn every_documented_answer_passes_through_unchanged() {
    let request = Request::upload("png", &sample("rgb.png"));
    for door in Door::ALL {
        for (status, body) in ANSWERS {
            let upstream = MockServer::start().await;
            let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
            answers(&upstream, answer).await;
            let gateway = gateway(door, &upstream.uri(), &[]).await;
            let answer = gateway.send(&request).await;
            assert_eq!((answer.status, answer.text.as_str()), (status, body));
            let received = upstream.received_requests().await.expect("recording is on");
            assert_eq!(received.len(), 1, "{status} {body}");
        }
    }
}

#[tokio::test]
async fn an_overloaded_upstream_is_asked_again_and_its_last_answer_passes_through() {
    let request = Request::upload("png", &sample("rgb.png"));
    for status in [429, 502, 503, 504] {
        let upstream = MockServer::start().await;
        let body = r#"{"returnCode":"13"}"#;
        let answer = ResponseTemplate::new(status)
            .insert_header("retry-after", "0")
            .set_body_raw(body, "application/json");
        answers(&upstream, answer).await;
        let gateway = gateway(Door::Http, &upstream.uri(), &[]).await;
        let answer = gateway.send(&request).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, body));
        assert_eq!(answer.header("retry-after"), Some("0"));
        let received = upstream.received_requests().await.expect("recording is on");
        assert_eq!(received.len(), 3);
    }
}
