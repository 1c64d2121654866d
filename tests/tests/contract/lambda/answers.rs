//! An answer has the shape that its trigger reads.

use gateway_tests::{Door, answers};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::answered;
use super::committed_events::read;
use crate::gateway;

/// The answer to an event, from an upstream that hands over a new session token.
async fn answer_to(event: &str) -> Value {
    let upstream = MockServer::start().await;
    let stored = json!({"returnCode": "0", "objectKey": "key"});
    let answer = ResponseTemplate::new(200)
        .insert_header("ccmessaging-token", "rotated")
        .insert_header("set-cookie", "upstream=cookie")
        .set_body_json(stored);
    answers(&upstream, answer).await;
    let gateway = gateway(Door::Lambda, &upstream.uri(), &[]).await;
    let answer = answered(gateway.runtime().invoke(&read(event)).await);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["isBase64Encoded"], false, "{answer}");
    assert!(answer["body"].is_string(), "{answer}");
    answer
}

fn assert_single(headers: &Value) {
    assert_eq!(headers["content-type"], "application/json", "{headers}");
    assert_eq!(headers["ccmessaging-token"], "rotated", "{headers}");
    assert!(headers["x-request-id"].is_string(), "{headers}");
}

fn assert_multiple(headers: &Value) {
    let json = json!(["application/json"]);
    assert_eq!(headers["content-type"], json, "{headers}");
    assert_eq!(
        headers["ccmessaging-token"],
        json!(["rotated"]),
        "{headers}"
    );
    assert_eq!(headers["x-request-id"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_http_api_and_a_function_url_read_headers_and_cookies() {
    for event in ["http-api-v2", "http-api-v2-png", "function-url"] {
        let answer = answer_to(event).await;
        assert_single(&answer["headers"]);
        // The upstream's cookies are not the gateway's.
        assert_eq!(answer["cookies"], json!([]), "{answer}");
        assert_eq!(answer["multiValueHeaders"], json!({}), "{answer}");
    }
}

#[tokio::test]
async fn a_rest_api_reads_headers_of_several_values() {
    for event in ["rest-api-v1", "rest-api-v1-base64"] {
        let answer = answer_to(event).await;
        assert_multiple(&answer["multiValueHeaders"]);
        // It would send headers that are in both maps twice.
        assert_eq!(answer["headers"], json!({}), "{answer}");
    }
}

#[tokio::test]
async fn a_load_balancer_reads_a_status_line_and_the_headers_of_its_own_kind() {
    for event in ["alb", "alb-multi-value-headers", "alb-png"] {
        let answer = answer_to(event).await;
        assert_single(&answer["headers"]);
        assert_multiple(&answer["multiValueHeaders"]);
        assert_eq!(answer["statusDescription"], "200 OK", "{answer}");
    }
}

#[tokio::test]
async fn no_answer_is_larger_than_lambda_hands_over() {
    let limit = 6 * 1024 * 1024;
    // Each of these bytes is six in the answer, which is JSON in JSON.
    for length in [64 * 1024 - 64, 1024 * 1024, 7 * 1024 * 1024] {
        let upstream = MockServer::start().await;
        let stored =
            json!({"returnCode": "0", "objectKey": "key", "x": "\u{1}".repeat(length / 6)});
        answers(&upstream, ResponseTemplate::new(200).set_body_json(stored)).await;
        let gateway = gateway(Door::Lambda, &upstream.uri(), &[]).await;
        let answer = answered(gateway.runtime().invoke(&read("http-api-v2")).await);
        let is_taken = length < 64 * 1024;
        let status = if is_taken { 200 } else { 500 };
        assert_eq!(answer["statusCode"], status, "{length}");
        assert!(answer.to_string().len() < limit / 32, "{length}");
    }
}
