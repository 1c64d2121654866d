//! Pages of allowed origins may call the gateway from a browser, and no others.

use gateway_tests::{
    Answer, Invocation, Platform, Request, answers, assert_untouched, http_api_event, stored,
};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use crate::{gateway, judged, storing};

const SHOP: &str = "https://shop.example.com";
const APP: &str = "capacitor://localhost";
const SETTINGS: [(&str, &str); 1] = [(
    "ALLOWED_ORIGINS",
    "https://shop.example.com, http://localhost:3000, capacitor://localhost",
)];

fn upload(origin: &str) -> Request {
    Request::png().with("origin", origin)
}

/// The preflight request of a browser before a page's upload.
fn preflight(origin: &str) -> Request {
    Request::bare("OPTIONS", &upload(origin).path)
        .with("origin", origin)
        .with("access-control-request-method", "POST")
        .with(
            "access-control-request-headers",
            "authorization,ccmessaging-token,content-type,x-app-key",
        )
}

/// The members of a header that lists names.
fn list<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let mut names: Vec<&str> = answer
        .header(name)
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .collect();
    names.sort_unstable();
    names
}

fn allowed(answer: &Answer) -> Option<&str> {
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn a_preflight_of_an_allowed_origin_is_granted() {
    let requests = [SHOP, APP, "http://localhost:3000"].map(preflight);
    judged(&SETTINGS, &requests, |answer| {
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        assert_eq!(
            list(answer, "access-control-allow-methods"),
            ["GET", "POST"]
        );
        assert_eq!(
            list(answer, "access-control-allow-headers"),
            [
                "authorization",
                "b3",
                "baggage",
                "cache-control",
                "ccmessaging-token",
                "content-type",
                "elastic-apm-traceparent",
                "expires",
                "if-modified-since",
                "newrelic",
                "pragma",
                "request-context",
                "request-id",
                "sentry-trace",
                "traceparent",
                "tracestate",
                "x-app-key",
                "x-b3-sampled",
                "x-b3-spanid",
                "x-b3-traceid",
                "x-datadog-origin",
                "x-datadog-parent-id",
                "x-datadog-sampling-priority",
                "x-datadog-trace-id",
                "x-requested-with",
            ]
        );
        assert_eq!(answer.header("access-control-max-age"), Some("3600"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert!(answer.header("x-request-id").is_some());
        assert!(list(answer, "vary").contains(&"origin"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn only_an_allowed_origin_is_granted_anything() {
    let others = [
        "https://evil.example.com",
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://shop.example.com.evil.example",
        "null",
        "*",
    ];
    for platform in Platform::ALL {
        let service = storing(platform, &SETTINGS).await;
        for origin in [SHOP, APP, "http://localhost:3000"] {
            let answer = service.gateway.send(&preflight(origin)).await;
            assert_eq!(allowed(&answer), Some(origin));
        }
        for origin in others {
            for request in [preflight(origin), upload(origin)] {
                let answer = service.gateway.send(&request).await;
                assert_eq!(allowed(&answer), None, "{origin}");
                assert!(list(&answer, "vary").contains(&"origin"), "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn answers_refusals_and_failures_all_carry_the_headers() {
    for platform in Platform::ALL {
        let upstream = MockServer::start().await;
        let gateway = gateway(platform, &upstream.uri(), &SETTINGS).await;
        let requests = [
            (500, upload(SHOP)),
            (400, upload(SHOP).without("ccmessaging-token")),
            (401, upload(SHOP).without("authorization")),
            (404, upload(SHOP).path("/unknown")),
            (405, upload(SHOP).method("DELETE")),
            (415, upload(SHOP).with("content-type", "image/heic")),
        ];
        for (status, request) in requests {
            let answer = gateway.send(&request).await;
            assert_eq!(answer.status, status, "{}", answer.text);
            assert_eq!(allowed(&answer), Some(SHOP));
            assert_eq!(
                list(&answer, "access-control-expose-headers"),
                [
                    "ccmessaging-token",
                    "retry-after",
                    "x-converted-from",
                    "x-metadata-removed",
                    "x-request-id"
                ]
            );
        }
        let answer = ResponseTemplate::new(200)
            .insert_header("access-control-allow-origin", "*")
            .set_body_string(stored());
        answers(&upstream, answer).await;
        let answer = gateway.send(&upload(SHOP)).await;
        answer.assert_stored();
        assert_eq!(allowed(&answer), Some(SHOP));
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_refused_with_the_headers() {
    let service = storing(Platform::Lambda, &SETTINGS).await;
    let mut event = http_api_event(&upload(SHOP));
    event["body"] = json!("*");
    event["isBase64Encoded"] = json!(true);
    let invocation = service.gateway.runtime().invoke(&event).await;
    let Invocation::Answered(answer) = invocation else {
        panic!("the invocation failed: {invocation:?}");
    };
    assert_eq!(answer["statusCode"], 400);
    assert_eq!(answer["headers"]["access-control-allow-origin"], SHOP);
    assert!(answer["headers"]["x-request-id"].is_string());
    assert_untouched(&service.upstream).await;
}

#[tokio::test]
async fn a_star_allows_every_origin() {
    for platform in Platform::ALL {
        let service = storing(platform, &[("ALLOWED_ORIGINS", "*")]).await;
        for request in [preflight("https://any.example.com"), upload("null")] {
            assert_eq!(allowed(&service.gateway.send(&request).await), Some("*"));
        }
    }
}

#[tokio::test]
async fn without_the_setting_no_answer_carries_a_cors_header() {
    judged(&[], &[preflight(SHOP)], |answer| {
        answer.assert_refused(405, "3", &["POST"]);
        let is_cors = |name: &http::HeaderName| name.as_str().starts_with("access-control-");
        assert!(!answer.headers.keys().any(is_cors), "{answer:?}");
        assert_eq!(answer.header("vary"), None);
    })
    .await;
}
