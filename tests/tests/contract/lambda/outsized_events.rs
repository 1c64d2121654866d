//! Events with more headers, or a longer path, than any trigger sends, as direct invocations can
//! contain.

use gateway_tests::{Invocation, Platform, Request, assert_untouched, http_api_event};
use serde_json::{Map, Value, json};

use super::committed_events::read;
use super::{answer, event, store};
use crate::storing;

fn headers(count: usize) -> Map<String, Value> {
    let header = |number| (format!("x-{number}"), json!("1"));
    (0..count).map(header).collect()
}

/// The event with more of its headers, wherever it has some.
fn with_headers(mut event: Value, count: usize) -> Value {
    for name in ["headers", "multiValueHeaders"] {
        if let Some(own) = event.get_mut(name).and_then(Value::as_object_mut) {
            let is_list = name == "multiValueHeaders";
            let more = headers(count).into_iter();
            own.extend(
                more.map(|(name, value)| (name, if is_list { json!([value]) } else { value })),
            );
        }
    }
    event
}

fn with_path(mut event: Value, path: &str) -> Value {
    for name in ["path", "rawPath"] {
        if let Some(own) = event.get_mut(name) {
            *own = json!(path);
        }
    }
    event
}

#[tokio::test]
async fn more_headers_than_any_trigger_sends_are_refused_and_the_instance_serves_on() {
    let service = storing(Platform::Lambda, &[]).await;
    for name in [
        "http-api-v2",
        "rest-api-v1",
        "alb",
        "alb-multi-value-headers",
    ] {
        for count in [10_000, 24_577, 40_000] {
            let event = with_headers(read(name), count);
            let (status, answer) = answer(&service.gateway, &event).await;
            assert_eq!(
                (status, &answer["reasonCode"]),
                (431, &json!("headers_too_large"))
            );
        }
    }
    let mut long = event();
    long["headers"]["x-long"] = json!("x".repeat(70_000));
    assert_eq!(answer(&service.gateway, &long).await.0, 431);
    let mut values = read("rest-api-v1");
    values["multiValueHeaders"]["x-many"] = json!(vec![""; 100_000]);
    assert_eq!(answer(&service.gateway, &values).await.0, 431);
    assert_untouched(&service.upstream).await;
    store(&service.gateway, &event()).await;
}

#[tokio::test]
async fn a_path_that_makes_no_url_by_its_length_is_refused_and_the_instance_serves_on() {
    let service = storing(Platform::Lambda, &[]).await;
    for name in ["http-api-v2", "rest-api-v1", "alb"] {
        for path in [
            "/x".repeat(32_768),
            "/\u{e9}".repeat(16_000),
            format!("/{}", "<".repeat(65_531)),
        ] {
            let event = with_path(read(name), &path);
            let (status, answer) = answer(&service.gateway, &event).await;
            assert_eq!(
                (status, &answer["reasonCode"]),
                (414, &json!("uri_too_long")),
                "{name}"
            );
        }
    }
    let mut staged = event();
    staged["requestContext"]["stage"] = json!("x".repeat(70_000));
    let (status, answer_to_staged) = answer(&service.gateway, &staged).await;
    assert_eq!(status, 414);
    let sentence = answer_to_staged["returnDesc"].as_str();
    assert!(sentence.is_some_and(|it| it.contains("a path that ends in")));
    // The longest that are looked at as they are.
    for path in ["/\u{e9}".repeat(4_500), format!("/{}", "<".repeat(14_000))] {
        let (status, _) = answer(&service.gateway, &with_path(event(), &path)).await;
        assert_eq!(status, 404);
    }
    assert_untouched(&service.upstream).await;
    store(&service.gateway, &event()).await;
}

#[tokio::test]
async fn as_many_headers_as_a_load_balancer_sends_pass() {
    let service = storing(Platform::Lambda, &[]).await;
    for name in ["http-api-v2", "alb", "alb-multi-value-headers"] {
        store(&service.gateway, &with_headers(read(name), 4_000)).await;
    }
    let mut claims = event();
    claims["requestContext"]["authorizer"] =
        json!({"jwt": {"claims": headers(10_000), "scopes": null}});
    store(&service.gateway, &claims).await;
}

#[tokio::test]
async fn headers_do_not_hide_behind_a_second_member_or_a_text_that_cannot_be_read() {
    let service = storing(Platform::Lambda, &[]).await;
    let many = format!("{{\"headers\":{},", Value::from(headers(30_000)));
    let twice = event().to_string().replacen('{', &many, 1);
    let invocation = service.gateway.runtime().invoke_with(twice, 0).await;
    assert!(
        matches!(invocation, Invocation::Answered(_)),
        "{invocation:?}"
    );
    let large = with_headers(http_api_event(&Request::png()), 30_000).to_string();
    let deep = format!("{{\"x\":{}{},", "[".repeat(1_000), "]".repeat(1_000));
    for unreadable in [
        large.replacen('{', "{\"x\":1e999,", 1),
        large.replacen('{', "{\"x\":\"\\ud800\",", 1),
        large.replacen('{', &deep, 1),
    ] {
        let invocation = service.gateway.runtime().invoke_with(unreadable, 0).await;
        assert!(
            matches!(invocation, Invocation::Failed(_)),
            "{invocation:?}"
        );
    }
    store(&service.gateway, &event()).await;
}
