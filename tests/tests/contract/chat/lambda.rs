//! Lambda alone: queries and binary answers of each trigger, and the size of answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway_tests::{Platform, Request, http_api_event, received};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{Chat, call, json_answer, url};
use crate::lambda::answered;

const NAME: &str = "downloadFileStream";
const LIMIT: usize = 6 * 1024 * 1024;

/// An event of a REST API (payload version 1.0) or, with `is_alb`, of a load balancer.
fn event(request: &Request, is_alb: bool) -> Value {
    let (path, _) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let headers: Value = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let mut event = json!({
        "resource": path, "path": path, "httpMethod": request.method,
        "headers": headers, "multiValueHeaders": {},
        "queryStringParameters": {}, "multiValueQueryStringParameters": {},
        "requestContext": {
            "accountId": "1", "apiId": "a", "httpMethod": request.method, "identity": {},
            "path": path, "protocol": "HTTP/1.1", "requestId": "r", "resourceId": "x",
            "resourcePath": path, "stage": "prod", "requestTimeEpoch": 0,
        },
        "body": String::from_utf8_lossy(&request.body), "isBase64Encoded": false,
    });
    if is_alb {
        let arn = "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/t/1";
        event["requestContext"] = json!({"elb": {"targetGroupArn": arn}});
    }
    event
}

fn file_answer(bytes: usize) -> ResponseTemplate {
    let file = STANDARD.encode(vec![0xFF; bytes]);
    json_answer(200, &json!({"resultCode": "0", "fileStream": file}))
}

#[tokio::test]
async fn every_trigger_passes_the_query_of_a_poll() {
    let chat = Chat::start(Platform::Lambda, &[]).await;
    let success = json_answer(200, &json!({"resultCode": "0", "downlinkMessages": []}));
    super::answers(&chat.upstream, "poll", success).await;
    let mut poll = call("poll");
    poll.path = format!("{}?receiverId=a%26b%3D%C3%A9&channel=WEB", url("poll"));
    let decoded = json!({"receiverId": "a&b=é", "channel": "WEB"});
    let encoded = json!({"receiverId": "a%26b%3D%C3%A9", "channel": "WEB"});
    let lists = |single: &Value| -> Value {
        let pairs = single.as_object().expect("an object").iter();
        let pairs = pairs.map(|(name, value)| (name.clone(), json!([value])));
        pairs.collect::<serde_json::Map<_, _>>().into()
    };
    // A REST API decodes the values; a load balancer does not.
    for (is_alb, query) in [(false, &decoded), (true, &encoded)] {
        for is_multi in [false, true] {
            let mut event = event(&poll, is_alb);
            if is_multi {
                event["multiValueQueryStringParameters"] = lists(query);
            } else {
                event["queryStringParameters"] = query.clone();
            }
            let answer = answered(&chat.gateway, &event).await;
            assert_eq!(answer["statusCode"], 200, "{answer}");
        }
    }
    let answer = answered(&chat.gateway, &http_api_event(&poll)).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let received = received(&chat.upstream).await;
    assert_eq!(received.len(), 5);
    for request in received {
        let pairs: Vec<_> = request.url.query_pairs().collect();
        assert!(
            pairs.contains(&("receiverId".into(), "a&b=é".into())),
            "{pairs:?}"
        );
        assert_eq!(pairs.len(), 2, "{pairs:?}");
    }

    // Two values of one name are a duplicate, as in a URL.
    let mut twice = event(&poll, false);
    twice["multiValueQueryStringParameters"] =
        json!({"receiverId": ["a", "b"], "channel": ["WEB"]});
    let answer = answered(&chat.gateway, &twice).await;
    assert_eq!(answer["statusCode"], 400, "{answer}");
    for query in [
        "receiverId=a b&channel=WEB",
        "receiverId=<a>&channel=WEB",
        "receiverId=\u{7f}&channel=WEB",
    ] {
        let mut invalid = http_api_event(&poll);
        invalid["rawQueryString"] = json!(query);
        let answer = answered(&chat.gateway, &invalid).await;
        assert_eq!(answer["statusCode"], 400, "{query:?}: {answer}");
        let body = answer["body"].as_str().expect("text");
        assert!(body.contains("malformed_query"), "{query:?}: {answer}");
    }
}

#[tokio::test]
async fn a_binary_file_is_base64_in_the_event_and_text_is_not() {
    let chat = Chat::start(Platform::Lambda, &[]).await;
    let request = call(NAME).with("accept", "application/octet-stream");
    super::answers(&chat.upstream, NAME, file_answer(1000)).await;
    // A REST API without binary media types returns this Base64 as text: callers use the JSON there.
    for event in [
        http_api_event(&request),
        event(&request, false),
        event(&request, true),
    ] {
        let answer = answered(&chat.gateway, &event).await;
        assert_eq!(answer["isBase64Encoded"], true, "{answer}");
        assert_eq!(answer["body"], STANDARD.encode([0xFF; 1000]), "{answer}");
    }
    for event in [http_api_event(&call(NAME)), event(&call(NAME), false)] {
        let answer = answered(&chat.gateway, &event).await;
        assert_eq!(answer["isBase64Encoded"], false, "{answer}");
        let body: Value =
            serde_json::from_str(answer["body"].as_str().expect("text")).expect("JSON");
        assert_eq!(body["fileStream"], STANDARD.encode([0xFF; 1000]));
    }
}

#[tokio::test]
async fn no_download_is_larger_than_lambda_returns() {
    let settings = [("MAX_DOWNLOAD_BYTES", "8000000")];
    let chat = Chat::start(Platform::Lambda, &settings).await;
    for accept in ["application/json", "application/octet-stream"] {
        let request = call(NAME).with("accept", accept);
        for (bytes, is_delivered) in [(4_700_000, true), (4_800_000, false)] {
            super::answers(&chat.upstream, NAME, file_answer(bytes)).await;
            let answer = answered(&chat.gateway, &http_api_event(&request)).await;
            assert!(answer.to_string().len() < LIMIT, "{accept} {bytes}");
            let text = answer["body"].as_str().expect("text");
            let is_error = text.contains("too_large");
            assert_eq!(
                is_error,
                !is_delivered,
                "{accept} {bytes}: {}",
                &text[..100]
            );
        }
        // Each quote becomes two bytes, each control character six.
        for (byte, count) in [(b'"', 4_000_000), (1, 2_000_000)] {
            let file = STANDARD.encode(vec![byte; count]);
            let answer = json_answer(200, &json!({"resultCode": "0", "fileStream": file}));
            super::answers(&chat.upstream, NAME, answer).await;
            let answer = answered(&chat.gateway, &http_api_event(&request)).await;
            assert!(answer.to_string().len() < LIMIT, "{accept} {byte}");
        }
    }
    // A text whose escapes would exceed the limit is returned as Base64.
    let request = call(NAME).with("accept", "application/octet-stream");
    let lines = vec![b'\n'; 4_400_000];
    let file = json!({"resultCode": "0", "fileStream": STANDARD.encode(&lines)});
    super::answers(&chat.upstream, NAME, json_answer(200, &file)).await;
    let answer = answered(&chat.gateway, &http_api_event(&request)).await;
    assert!(answer.to_string().len() < LIMIT);
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["isBase64Encoded"], true);
    assert!(answer["body"] == STANDARD.encode(&lines));
    // The server has no such limit.
    let chat = Chat::start(Platform::Http, &settings).await;
    let answer = chat.send(NAME, &call(NAME), file_answer(6_000_000)).await;
    assert_eq!(answer.status, 200);
    // FunctionGraph has.
    let request = call(NAME).with("x-cff-request-id", "1");
    let answer = chat.send(NAME, &request, file_answer(6_000_000)).await;
    answer.assert_chat_refused(200, "3", "too_large", &[]);
}

#[tokio::test]
async fn a_malformed_event_is_answered_with_the_members_of_the_call() {
    let chat = Chat::start(Platform::Lambda, &[]).await;
    let mut event = http_api_event(&call("send"));
    event["body"] = json!("*");
    event["isBase64Encoded"] = json!(true);
    let answer = answered(&chat.gateway, &event).await;
    let body: Value = serde_json::from_str(answer["body"].as_str().expect("text")).expect("JSON");
    assert_eq!(
        (&answer["statusCode"], &body["resultCode"]),
        (&json!(400), &json!("3"))
    );
    assert_eq!(body["reasonCode"], "malformed_event");
    assert_eq!(answer["headers"]["cache-control"], "no-store");

    // The advice about damaged files is for uploads only.
    for media_type in ["image/png", "text/plain"] {
        let mut event = http_api_event(&call("send").with("content-type", media_type));
        event["body"] = json!("\u{fffd}");
        event["isBase64Encoded"] = json!(false);
        let answer = answered(&chat.gateway, &event).await;
        let body = answer["body"].as_str().expect("text");
        assert_eq!(answer["statusCode"], 415, "{body}");
        assert!(body.contains("unsupported_media_type"), "{body}");
    }
}
