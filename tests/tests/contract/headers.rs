//! The caller's credentials, and which headers pass in which direction.

use gateway_tests::{Answer, Platform, Request, answering, assert_untouched, received, stored};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::lambda::{answer, committed_events::read};
use crate::{each_refused, gateway, refused, storing};

#[tokio::test]
async fn a_missing_session_token_or_app_key_is_a_missing_parameter() {
    let cases = ["ccmessaging-token", "x-app-key"].map(|name| {
        [Request::png().without(name), Request::png().with(name, "")].map(|it| (it, [name]))
    });
    each_refused(cases.into_iter().flatten(), 400, "2").await;
}

#[tokio::test]
async fn an_authorization_that_is_missing_or_not_bearer_is_unauthorised() {
    let mut requests = vec![Request::png().without("authorization")];
    let values = [
        "",
        "Bearer",
        "Bearer ",
        "Basic dTpw",
        "token",
        "Bearertoken",
        "Bearer a b",
    ];
    requests.extend(values.map(|value| Request::png().with("authorization", value)));
    refused(&requests, 401, "3", &["authorization", "Bearer"]).await;
}

#[tokio::test]
async fn a_header_sent_twice_is_refused() {
    let service = storing(Platform::Http, &[]).await;
    for name in ["ccmessaging-token", "x-app-key", "authorization"] {
        let mut request = Request::png();
        let second = (name.to_owned(), "Bearer other".to_owned());
        request.headers.push(second);
        let answer = service.refuse(&request).await;
        answer.assert_refused(400, "3", &[name, "once"]);
    }
}

/// How each trigger hands over a header that was sent twice: as two, or joined with a comma.
#[tokio::test]
async fn a_header_sent_twice_is_refused_alike_through_every_trigger() {
    let service = storing(Platform::Lambda, &[]).await;
    let twice = [
        ("ccmessaging-token", "one", "two"),
        ("x-app-key", "one", "two"),
        ("authorization", "Bearer one", "Bearer two"),
        ("content-type", "application/json", "application/json"),
        ("content-type", "application/json", "image/png"),
        (
            "content-type",
            "application/json; charset=utf-8",
            "image/png",
        ),
    ];
    for (name, first, second) in twice {
        let joined = json!(format!("{first},{second}"));
        let several = json!([first, second]);
        for (trigger, map, value) in [
            ("http-api-v2", "headers", &joined),
            ("function-url", "headers", &joined),
            ("rest-api-v1", "multiValueHeaders", &several),
            ("alb", "headers", &joined),
            ("alb-multi-value-headers", "multiValueHeaders", &several),
        ] {
            let mut event = read(trigger);
            let headers = event[map].as_object_mut().expect("headers");
            headers.retain(|header, _| !header.eq_ignore_ascii_case(name));
            headers.insert(name.to_owned(), value.clone());
            let (status, answer) = answer(&service.gateway, &event).await;
            let reason = &answer["reasonCode"];
            assert_eq!(
                (status, reason),
                (400, &json!("repeated_header")),
                "{trigger} {name}"
            );
            assert_eq!(answer["returnCode"], "3");
        }
    }
    assert_untouched(&service.upstream).await;
    let service = storing(Platform::Http, &[]).await;
    for (name, first, second) in twice {
        let mut request = Request::png().with(name, first);
        request.headers.push((name.to_owned(), second.to_owned()));
        for request in [
            request,
            Request::png().with(name, &format!("{first}, {second}")),
        ] {
            let answer = service.refuse(&request).await;
            answer.assert_refused(400, "3", &["once"]);
            assert_eq!(answer.json()["reasonCode"], "repeated_header", "{name}");
        }
    }
}

#[tokio::test]
async fn only_the_documented_headers_reach_the_upstream() {
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        let request = Request::png()
            .with("cookie", "session=secret")
            .with("cache-control", "no-cache")
            .with("x-requested-with", "XMLHttpRequest")
            .with(
                "sentry-trace",
                "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            )
            .with("baggage", "sentry-environment=production")
            .with("x-datadog-trace-id", "1")
            .with("x-forwarded-for", "192.0.2.7")
            .with("origin", "https://shop.example.com")
            .with("authorization", "bearer access-token-of-the-test")
            .with("x-cff-request-id", "abc");
        service.store(&request).await;

        let received = received(&service.upstream).await;
        let headers = &received[0].headers;
        let length = received[0].body.len().to_string();
        for (name, value) in [
            ("ccmessaging-token", "session-token-of-the-test"),
            ("x-app-key", "app-key-of-the-test"),
            ("authorization", "Bearer access-token-of-the-test"),
            ("content-type", "application/json"),
            ("content-length", &length),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
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
    let answer = ResponseTemplate::new(200)
        .insert_header("ccmessaging-token", "rotated-token")
        .insert_header("retry-after", "7")
        .insert_header("set-cookie", "a=b")
        .insert_header("server", "fabric")
        .insert_header("x-internal", "10.0.0.1")
        .set_body_raw(stored(), "text/plain");
    let upstream = answering(answer).await;
    for platform in Platform::ALL {
        let gateway = gateway(platform, &upstream.uri(), &[]).await;
        let answer = gateway.send(&Request::png()).await;
        for (name, value) in [
            ("ccmessaging-token", Some("rotated-token")),
            ("retry-after", Some("7")),
            ("content-type", Some("application/json")),
            ("set-cookie", None),
            ("server", None),
            ("x-internal", None),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_a_request_identifier() {
    let id = |answer: Answer| answer.header("x-request-id").map(str::to_owned);
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        let first = id(service.gateway.send(&Request::png()).await);
        let second = id(service.gateway.send(&Request::png().path("/unknown")).await);
        assert!(first.is_some() && second.is_some());
        assert_ne!(first, second);
    }
}

#[tokio::test]
async fn the_platforms_identifier_becomes_the_request_identifier() {
    let request = Request::png().with("x-cff-request-id", "cff-7");
    for (platform, id) in [
        (Platform::Lambda, "invocation-1"),
        (Platform::Http, "cff-7"),
    ] {
        let service = storing(platform, &[]).await;
        let answer = service.gateway.send(&request).await;
        assert_eq!(answer.header("x-request-id"), Some(id));
    }
}

#[tokio::test]
async fn an_identifier_of_more_than_64_visible_characters_is_not_taken_over() {
    let service = storing(Platform::Http, &[]).await;
    for (id, is_taken) in [
        ("x".repeat(64), true),
        ("x".repeat(65), false),
        ("two words".to_owned(), false),
        ("caf\u{e9}".to_owned(), false),
    ] {
        let request = Request::png().with("x-cff-request-id", &id);
        let answer = service.gateway.send(&request).await;
        assert_eq!(answer.header("x-request-id") == Some(&id), is_taken, "{id}");
    }
}
