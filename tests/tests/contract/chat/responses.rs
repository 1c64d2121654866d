//! The contact centre's responses pass unchanged; failures become the gateway's own.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::join_all;
use gateway_tests::{ClosedPort, Platform, Script, ScriptedUpstream, Step, received};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{ALL, Chat, NAMES, call, json_answer};
use crate::gateway;

/// The documented responses of a call: status and body.
fn documented_answers(name: &str) -> Vec<(u16, Value)> {
    let coded = |code: &str, desc: &str| json!({"resultCode": code, "resultDesc": desc});
    let mut answers = vec![
        (400, coded("3", "Requested param validate failed")),
        (404, coded("404", "no such interface")),
        (500, coded("13", "service exception")),
    ];
    answers.extend(match name {
        "downloadFileStream" => vec![
            (200, json!({"resultCode": "0", "resultDesc": "success", "fileStream": "JVBERi0xLjQK", "fileUrl": "https://files.example.com/1"})),
            (200, coded("401", "objectKey is null!")),
            (200, coded("13", "service exception")),
            (200, coded("2", "param is null")),
        ],
        "queryHistoryChatMessage" => vec![
            (200, json!({"resultCode": "0", "resultDesc": "success", "messageList": [{"content": "hello"}]})),
            (200, coded("1", "fail")),
        ],
        "poll" => vec![
            (200, json!({"resultCode": "0", "resultDesc": "success", "downlinkMessages": [
                {"content": "<b>hi</b>", "mediaType": "TEXT", "timestamp": 1_767_225_600_000_u64, "simQuestions": null, "unknown": {"a": [1.50]}},
            ]})),
            (200, coded("1", "fail")),
        ],
        _ => vec![(200, coded("0", "success")), (200, coded("2", "param is null"))],
    });
    answers
}

#[tokio::test]
async fn documented_answers_of_every_call_pass_unchanged() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for name in NAMES {
            for (status, body) in documented_answers(name) {
                let answer = json_answer(status, &body)
                    .insert_header("ccmessaging-token", "rotated")
                    .insert_header("set-cookie", "upstream=1")
                    .insert_header("cache-control", "public");
                let answer = chat.send(name, &call(name), answer).await;
                assert_eq!(answer.status, status, "{name}: {}", answer.text);
                assert_eq!(answer.text, body.to_string(), "{name}");
                assert_eq!(answer.header("ccmessaging-token"), Some("rotated"));
                assert_eq!(answer.header("content-type"), Some("application/json"));
                assert_eq!(answer.header("cache-control"), Some("no-store"));
                assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
                assert_eq!(answer.header("set-cookie"), None);
                assert!(answer.header("x-request-id").is_some());
                assert_eq!(received(&chat.upstream).await.len(), 1, "{name} {status}");
            }
        }
    }
}

#[tokio::test]
async fn a_rejected_token_of_the_caller_passes() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for name in NAMES {
        for (status, body) in [
            (
                401,
                json!({"resultCode": "401", "resultDesc": "token invalid"}),
            ),
            (
                403,
                json!({"errorCode": "10000", "exceptionInfo": "token expired"}),
            ),
        ] {
            let answer = chat
                .send(name, &call(name), json_answer(status, &body))
                .await;
            assert_eq!(
                (answer.status, answer.text),
                (status, body.to_string()),
                "{name}"
            );
            assert_eq!(received(&chat.upstream).await.len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn overload_is_reported_and_a_message_is_not_repeated() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[]).await;
        for name in NAMES {
            let body = json!({"resultCode": "13", "resultDesc": "busy"});
            let busy = json_answer(503, &body).insert_header("retry-after", "1");
            let answer = chat.send(name, &call(name), busy).await;
            assert_eq!(answer.status, 503, "{name}: {}", answer.text);
            assert_eq!(answer.header("retry-after"), Some("1"), "{name}");
            let count = received(&chat.upstream).await.len();
            let is_message = name.starts_with("send");
            assert!(
                if is_message { count == 1 } else { count > 1 },
                "{name}: {count}"
            );
        }
    }
}

#[tokio::test]
async fn a_caller_need_not_wait_longer_than_an_hour() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for name in NAMES {
        for (received, forwarded) in [("3599", "3599"), ("18446744073709551615", "3600")] {
            let body = json!({"resultCode": "13", "resultDesc": "busy"});
            let busy = json_answer(503, &body).insert_header("retry-after", received);
            let answer = chat.send(name, &call(name), busy).await;
            assert_eq!(answer.header("retry-after"), Some(forwarded), "{name}");
        }
    }
}

#[tokio::test]
async fn a_retry_after_is_rounded_up() {
    let chat = Chat::start(Platform::Http, &[]).await;
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time")
    };
    let seconds = now().as_secs() + 100;
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
    let body = json!({"resultCode": "13", "resultDesc": "busy"});
    let busy = json_answer(503, &body).insert_header("retry-after", &*date);
    let answer = chat.send("send", &call("send"), busy).await;
    let wait = answer.header("retry-after").expect("a number of seconds");
    let wait = Duration::from_secs(wait.parse().expect("a number of seconds"));
    assert!(now() + wait >= Duration::from_secs(seconds), "{wait:?}");
}

#[tokio::test]
async fn undocumented_answers_are_the_gateways_own_failure() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for name in NAMES {
        for answer in [
            ResponseTemplate::new(200).set_body_string("<html>"),
            ResponseTemplate::new(200),
            json_answer(200, &json!([])),
            json_answer(200, &json!({"ok": true})),
            ResponseTemplate::new(302).insert_header("location", "https://example.com"),
        ] {
            let answer = chat.send(name, &call(name), answer).await;
            answer.assert_chat_refused(500, "13", "upstream_invalid_answer", &[]);
            let may_be_delivered = answer.text.contains("may have been delivered");
            assert_eq!(
                may_be_delivered,
                name.starts_with("send"),
                "{}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_is_posted_once() {
    let hang_up = Script::new([
        gateway_tests::Step::ReadRequest,
        gateway_tests::Step::HangUp,
    ]);
    for name in ["send", "sendAsync"] {
        let upstream = ScriptedUpstream::start(hang_up.clone()).await;
        let gateway = gateway(Platform::Http, &upstream.uri(), &[ALL]).await;
        let answer = gateway.send(&call(name)).await;
        answer.assert_chat_refused(500, "13", "upstream_failed", &["may have been delivered"]);
        assert_eq!(upstream.requests().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn an_unreachable_contact_centre_received_nothing() {
    let port = ClosedPort::reserve();
    let gateway = gateway(Platform::Http, &port.uri(), &[ALL]).await;
    for name in NAMES {
        let answer = gateway.send(&call(name)).await;
        answer.assert_chat_refused(500, "13", "upstream_unreachable", &["try again later"]);
        assert!(!answer.text.contains("delivered"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_response_that_stalls_at_any_point_is_a_timeout() {
    let cases = [
        "",
        "HTTP/1.1 2",
        "HTTP/1.1 200 -\r\nContent-Le",
        "HTTP/1.1 102 -\r\n\r\n",
        "HTTP/1.1 200 -\r\nContent-Length: 30\r\n\r\n",
        "HTTP/1.1 200 -\r\nContent-Length: 30\r\n\r\n{\"resultCode\":\"0\"",
        "HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{\"resultCode\":\"0\"}",
        "HTTP/1.1 200 -\r\n\r\n{\"resultCode\":\"0\"}",
    ];
    // At once, so that all of them wait for one timeout.
    join_all(cases.map(async |written| {
        let stall = Script::new([
            Step::ReadRequest,
            Step::Write(written.as_bytes().to_vec()),
            Step::Wait,
        ]);
        let upstream = ScriptedUpstream::start(stall).await;
        let settings = [ALL, ("UPSTREAM_TIMEOUT_MS", "1000")];
        let gateway = gateway(Platform::Http, &upstream.uri(), &settings).await;
        let calls = NAMES.map(call);
        for answer in join_all(calls.iter().map(|call| gateway.send(call))).await {
            answer.assert_chat_refused(500, "13", "upstream_timeout", &[]);
        }
        // The gateway closes the connections. On a busy machine a call may time out before the upstream has
        // received it.
        upstream.until_over(upstream.requests().len()).await;
    }))
    .await;
}
