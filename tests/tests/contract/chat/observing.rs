//! The log, the metrics, CORS, and the limit of calls in flight.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use gateway_tests::{
    Answer, Authority, Certificate, Platform, Request, Script, ScriptedUpstream, json_lines,
    log_lines, received,
};
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use super::{ALL, CHANNEL, Chat, FILE_ID, NAMES, USER, call, json_answer};
use crate::gateway;

const ORIGIN: &str = "https://shop.example.com";

#[tokio::test]
async fn each_call_writes_one_line_without_identifiers_keys_and_texts() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[("LOG_LEVEL", "trace")]).await;
        for name in NAMES {
            let body = json!({"resultCode": "0", "fileStream": "c2VjcmV0IGZpbGU=", "downlinkMessages": [{"content": "secret text"}]});
            let answer = chat.send(name, &call(name), json_answer(200, &body)).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        chat.refuse(&call("send").with("content-type", "text/plain"))
            .await;
        let log = chat.gateway.stop().await;
        let lines = log_lines(&log, "chat call");
        let calls: Vec<_> = lines.iter().map(|line| line["call"].as_str()).collect();
        let expected: Vec<_> = NAMES
            .iter()
            .chain(&["send"])
            .map(|name| Some(*name))
            .collect();
        assert_eq!(calls, expected);
        let line = &lines[0];
        assert_eq!(line["outcome"], "succeeded", "{line}");
        assert_eq!(line["result_code"], "0", "{line}");
        assert_eq!(line["form"], "json", "{line}");
        assert_eq!(line["decoded_bytes"], 11, "{line}");
        assert_eq!(line["status"], 200, "{line}");
        assert_eq!(line["upstream_status"], 200, "{line}");
        assert!(
            line["request_id"].is_string() && line["total_ms"].is_u64(),
            "{line}"
        );
        let refused = &lines[5];
        assert_eq!(refused["outcome"], "refused", "{refused}");
        assert_eq!(
            refused["reason_code"], "unsupported_media_type",
            "{refused}"
        );
        for secret in [
            USER,
            CHANNEL,
            &FILE_ID[6..],
            "hello",
            "secret",
            "c2VjcmV0",
            "of-the-test",
        ] {
            assert!(!log.contains(secret), "{secret} is in {log}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_refuses_is_logged_as_such() {
    let chat = Chat::start(Platform::Http, &[]).await;
    for code in [json!("3"), json!(1)] {
        let answer = json_answer(200, &json!({"resultCode": code, "resultDesc": "fail"}));
        chat.send("poll", &call("poll"), answer).await;
    }
    let log = chat.gateway.stop().await;
    let lines = log_lines(&log, "chat call");
    assert_eq!(lines[0]["outcome"], "refused_by_upstream", "{log}");
    assert_eq!(lines[0]["result_code"], "3", "{log}");
    assert_eq!(lines[1]["outcome"], "failed_by_upstream", "{log}");
    assert_eq!(lines[1]["result_code"], "1", "{log}");
}

#[tokio::test]
async fn calls_are_counted_by_name_and_outcome() {
    let chat = Chat::start(Platform::Http, &[("METRICS_ADDRESS", "127.0.0.1:0")]).await;
    let success = json_answer(200, &json!({"resultCode": "0"}));
    chat.send("poll", &call("poll"), success).await;
    chat.refuse(&call("send").method("PUT")).await;
    let text = chat.gateway.metrics().await.text;
    for line in [
        "upload_file_stream_chat_calls_total{call=\"poll\",outcome=\"succeeded\"} 1",
        "upload_file_stream_chat_calls_total{call=\"send\",outcome=\"refused\"} 1",
        "upload_file_stream_chat_calls_in_flight 0",
        "upload_file_stream_chat_call_duration_seconds_count{call=\"poll\"} 1",
        "upload_file_stream_uploads_in_flight 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
}

#[tokio::test]
async fn a_lambda_function_writes_a_line_of_metrics_for_each_call() {
    let chat = Chat::start(Platform::Lambda, &[("METRICS_NAMESPACE", "Chat/Calls")]).await;
    let success = json_answer(200, &json!({"resultCode": "0"}));
    chat.send("poll", &call("poll"), success).await;
    chat.refuse(&call("send").method("PUT")).await;
    let log = chat.gateway.stop().await;
    let lines: Vec<_> = json_lines(&log)
        .filter(|line| line["ChatCalls"] == 1)
        .collect();
    let about = |index: usize| {
        let line: &Value = &lines[index];
        assert!(line["ChatCallTime"].is_f64(), "{line}");
        assert_eq!(
            (&line["Overloaded"], &line["TokenFetches"]),
            (&json!(0), &json!(0))
        );
        let directives = &line["_aws"]["CloudWatchMetrics"];
        for (index, dimensions, expected) in [
            (
                0,
                json!([["Call", "CallOutcome"]]),
                ["ChatCalls", "ChatCallTime"],
            ),
            (1, json!([[]]), ["TokenFetches", "Overloaded"]),
        ] {
            let directive = &directives[index];
            assert_eq!(directive["Namespace"], "Chat/Calls");
            assert_eq!(directive["Dimensions"], dimensions);
            let metrics = directive["Metrics"].as_array().expect("metrics").iter();
            let names: Vec<_> = metrics
                .filter_map(|metric| metric["Name"].as_str())
                .collect();
            assert_eq!(names, expected);
        }
        (line["Call"].as_str(), line["CallOutcome"].as_str())
    };
    assert_eq!(lines.len(), 2, "{log}");
    assert_eq!(about(0), (Some("poll"), Some("succeeded")));
    assert_eq!(about(1), (Some("send"), Some("refused")));
}

#[tokio::test]
async fn a_failed_tls_handshake_has_its_own_reason_code() {
    // Its authority is unknown to the gateway.
    let authority = Authority::create();
    let acceptor = authority.acceptor(Certificate::Good);
    let upstream = ScriptedUpstream::start_tls(Script::storing(), acceptor).await;
    let settings = [ALL, ("METRICS_ADDRESS", "127.0.0.1:0")];
    let gateway = gateway(Platform::Http, &upstream.tls_uri(), &settings).await;
    let answer = gateway.send(&call("poll")).await;
    answer.assert_chat_refused(500, "13", "upstream_unreachable", &["TLS"]);
    let text = gateway.metrics().await.text;
    let line = "upload_file_stream_chat_rejections_total{reason_code=\"upstream_tls\"} 1";
    assert!(text.lines().any(|found| found == line), "{text}");
    let log = gateway.stop().await;
    assert_eq!(
        log_lines(&log, "chat call")[0]["reason_code"],
        "upstream_tls"
    );
    assert!(upstream.requests().is_empty());
}

fn list<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let values = answer.header(name).unwrap_or_default().split(',');
    values.map(str::trim).collect()
}

#[tokio::test]
async fn pages_of_allowed_origins_may_call_without_credentials_mode() {
    for platform in Platform::ALL {
        let chat = Chat::start(platform, &[("ALLOWED_ORIGINS", ORIGIN)]).await;
        for name in NAMES {
            let preflight = Request::bare("OPTIONS", &call(name).path)
                .with("origin", ORIGIN)
                .with("access-control-request-method", "POST")
                .with(
                    "access-control-request-headers",
                    "ccmessaging-token,x-chat-ticket",
                );
            let answer = chat.refuse(&preflight).await;
            assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{name}");
            assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(list(&answer, "access-control-allow-headers").contains(&"x-chat-ticket"));
            let mut methods = list(&answer, "access-control-allow-methods");
            methods.sort_unstable();
            assert_eq!(methods, ["GET", "POST"]);

            let success = json_answer(200, &json!({"resultCode": "0", "fileStream": "YQ=="}));
            let request = call(name).with("origin", ORIGIN);
            for answer in [
                chat.send(name, &request, success).await,
                chat.refuse(&request.clone().without("ccmessaging-token"))
                    .await,
            ] {
                assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
                assert_eq!(answer.header("access-control-allow-credentials"), None);
                let exposed = list(&answer, "access-control-expose-headers");
                assert!(exposed.contains(&"ccmessaging-token"), "{exposed:?}");
                let vary = answer.headers.get_all("vary").iter();
                let vary: Vec<_> = vary.filter_map(|value| value.to_str().ok()).collect();
                assert!(
                    vary.iter().any(|names| names.contains("origin")),
                    "{vary:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn calls_in_flight_are_limited_apart_from_uploads() {
    let settings = [
        ("MAX_CHAT_CALLS_IN_FLIGHT", "1"),
        ("MAX_UPLOADS_IN_FLIGHT", "1"),
        ("METRICS_ADDRESS", "127.0.0.1:0"),
        ("MAX_BODY_MEMORY_BYTES", "40000000"),
    ];
    let chat = Chat::start(Platform::Http, &settings).await;
    let slow = json_answer(200, &json!({"resultCode": "0"})).set_delay(Duration::from_secs(2));
    super::answers(&chat.upstream, "poll", slow).await;
    let (poll, send) = (call("poll"), call("send"));
    let (polled, ()) = tokio::join!(chat.gateway.send(&poll), async {
        gateway_tests::until_reached(&chat.upstream).await;
        let refused = chat.gateway.send(&send).await;
        refused.assert_chat_refused(503, "13", "overloaded", &["overloaded"]);
        assert_eq!(refused.header("retry-after"), Some("1"));
        // The upload has another slot; the mock has no answer for it.
        let upload = chat.gateway.send(&Request::png()).await;
        assert_ne!(upload.status, 503, "{}", upload.text);
    });
    assert_eq!(polled.status, 200, "{}", polled.text);
    let text = chat.gateway.metrics().await.text;
    for line in [
        "upload_file_stream_overloaded_total 0",
        "upload_file_stream_chat_rejections_total{reason_code=\"overloaded\"} 1",
        "upload_file_stream_rejections_total{reason_code=\"overloaded\"} 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    let messages = received(&chat.upstream).await;
    assert!(
        messages
            .iter()
            .all(|request| !request.url.path().ends_with("/send"))
    );
}

#[tokio::test]
async fn polls_leave_a_quarter_of_the_calls_in_flight_for_messages() {
    let settings = [("MAX_CHAT_CALLS_IN_FLIGHT", "4")];
    let chat = Chat::start(Platform::Http, &settings).await;
    let success = || ResponseTemplate::new(200).set_body_json(json!({"resultCode": "0"}));
    let slow = success().set_delay(Duration::from_secs(3));
    super::answers(&chat.upstream, "poll", slow).await;
    let immediate = Mock::given(path(super::url("send"))).respond_with(success());
    immediate.mount(&chat.upstream).await;

    let (poll, send) = (call("poll"), call("send"));
    let polls = (0..4).map(|_| chat.gateway.send(&poll));
    let mut polls: FuturesUnordered<_> = polls.collect();
    // The one that is refused does not wait for the upstream.
    let refused = polls.next().await.expect("four polls");
    refused.assert_chat_refused(503, "13", "overloaded", &["overloaded"]);
    let answer = chat.gateway.send(&send).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    while let Some(polled) = polls.next().await {
        assert_eq!(polled.status, 200, "{}", polled.text);
    }
}
