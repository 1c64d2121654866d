//! An answer has the shape that its trigger reads.

use gateway_tests::{Gateway, Platform, answering, answers, stored};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::answered;
use super::committed_events::read;
use crate::gateway;

/// The answers to these events, from an upstream that hands over a new session token.
async fn answers_to<const N: usize>(events: [&str; N]) -> Vec<Value> {
    let answer = ResponseTemplate::new(200)
        .insert_header("ccmessaging-token", "rotated")
        .insert_header("set-cookie", "upstream=cookie")
        .set_body_string(stored());
    let upstream = answering(answer).await;
    let gateway: Gateway = gateway(Platform::Lambda, &upstream.uri(), &[]).await;
    let mut answers = Vec::new();
    for event in events {
        let answer = answered(&gateway, &read(event)).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(answer["isBase64Encoded"], false, "{answer}");
        assert!(answer["body"].is_string(), "{answer}");
        answers.push(answer);
    }
    answers
}

fn assert_single(headers: &Value) {
    assert_eq!(headers["content-type"], "application/json", "{headers}");
    assert_eq!(headers["ccmessaging-token"], "rotated", "{headers}");
    assert!(headers["x-request-id"].is_string(), "{headers}");
}

fn assert_multiple(headers: &Value) {
    let (json, token) = (json!(["application/json"]), json!(["rotated"]));
    assert_eq!(headers["content-type"], json, "{headers}");
    assert_eq!(headers["ccmessaging-token"], token, "{headers}");
    assert_eq!(headers["x-request-id"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_http_api_and_a_function_url_read_headers_and_cookies() {
    for answer in answers_to(["http-api-v2", "http-api-v2-png", "function-url"]).await {
        assert_single(&answer["headers"]);
        // The upstream's cookies are not the gateway's.
        assert_eq!(answer["cookies"], json!([]), "{answer}");
        assert_eq!(answer["multiValueHeaders"], json!({}), "{answer}");
    }
}

#[tokio::test]
async fn a_rest_api_reads_headers_of_several_values() {
    for answer in answers_to(["rest-api-v1", "rest-api-v1-base64"]).await {
        assert_multiple(&answer["multiValueHeaders"]);
        // It would send headers that are in both maps twice.
        assert_eq!(answer["headers"], json!({}), "{answer}");
    }
}

#[tokio::test]
async fn a_load_balancer_reads_a_status_line_and_the_headers_of_its_own_kind() {
    for answer in answers_to(["alb", "alb-multi-value-headers", "alb-png"]).await {
        assert_single(&answer["headers"]);
        assert_multiple(&answer["multiValueHeaders"]);
        assert_eq!(answer["statusDescription"], "200 OK", "{answer}");
    }
}

#[tokio::test]
async fn no_answer_is_larger_than_lambda_hands_over() {
    let limit = 6 * 1024 * 1024;
    let upstream = MockServer::start().await;
    let gateway = gateway(Platform::Lambda, &upstream.uri(), &[]).await;
    // Each of these bytes is six in the answer, which is JSON in JSON.
    for length in [64 * 1024 - 64, 1024 * 1024, 7 * 1024 * 1024] {
        let stored =
            json!({"returnCode": "0", "objectKey": "key", "x": "\u{1}".repeat(length / 6)});
        answers(&upstream, ResponseTemplate::new(200).set_body_json(stored)).await;
        let answer = answered(&gateway, &read("http-api-v2")).await;
        let status = if length < 64 * 1024 { 200 } else { 500 };
        assert_eq!(answer["statusCode"], status, "{length}");
        assert!(answer.to_string().len() < limit / 32, "{length}");
    }
}
