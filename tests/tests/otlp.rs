//! The export of traces, with a program that was built with the feature `otlp`.

use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use gateway_tests::{
    Gateway, Platform, Request, Script, ScriptedUpstream, Step, log_lines, received, upload_line,
    upstream_storing,
};
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

const SEND: &str = "/apiaccess/ccmessaging/send";

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID: &str = "00f067aa0ba902b7";

/// A collector that accepts all spans.
async fn collector() -> MockServer {
    let collector = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/traces"))
        .and(header("content-type", "application/x-protobuf"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&collector)
        .await;
    collector
}

async fn gateway(upstream: &MockServer, settings: &[(&str, &str)]) -> Gateway {
    let url = upstream.uri();
    let settings = [&[("UPSTREAM_BASE_URL", url.as_str())], settings].concat();
    Gateway::start(PROGRAM, Platform::Http, &settings).await
}

/// The header `traceparent` of the only upload that the upstream received.
async fn forwarded(upstream: &MockServer) -> Option<String> {
    let requests = received(upstream).await;
    assert_eq!(requests.len(), 1);
    let value = requests[0].headers.get("traceparent")?;
    Some(value.to_str().expect("ASCII").to_owned())
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Everything that the collector received.
async fn exported(collector: &MockServer) -> Vec<u8> {
    let requests = received(collector).await;
    requests
        .into_iter()
        .flat_map(|request| request.body)
        .collect()
}

#[tokio::test]
async fn an_upload_continues_the_callers_trace_with_a_span_for_each_phase() {
    let (upstream, collector) = (upstream_storing().await, collector().await);
    let scanner = ScriptedUpstream::start(Script::scanning("stream: OK\0")).await;
    let clamd = scanner.clamd();
    let endpoint = collector.uri();
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("SCAN_CLAMD", &clamd),
    ];
    let gateway = gateway(&upstream, &settings).await;
    let parent = format!("00-{TRACE_ID}-{SPAN_ID}-01");
    let request = Request::png()
        .with("traceparent", &parent)
        .with("tracestate", "vendor=value");
    gateway.send(&request).await.assert_stored();

    let traceparent = forwarded(&upstream).await.expect("a header");
    assert!(traceparent.contains(TRACE_ID), "{traceparent}");
    assert!(!traceparent.contains(SPAN_ID), "{traceparent}");
    let state = received(&upstream).await[0].headers["tracestate"].clone();
    assert_eq!(state, "vendor=value");

    let line = upload_line(&gateway.stop().await);
    assert_eq!(line["trace_id"], TRACE_ID);
    let exported = exported(&collector).await;
    for name in [
        "upload", "receive", "validate", "scan", "token", "upstream", "stored",
    ] {
        assert!(contains(&exported, name.as_bytes()), "{name}");
    }
    assert!(contains(&exported, b"upload-file-stream"));
    for id in [TRACE_ID, SPAN_ID, &traceparent[36..52]] {
        let id = HEXLOWER.decode(id.as_bytes()).expect("digits");
        assert!(contains(&exported, &id), "{id:?}");
    }
    for secret in ["session-token-of-the-test", "access-token-of-the-test"] {
        assert!(!contains(&exported, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn a_call_of_the_chat_has_the_same_spans() {
    let (upstream, collector) = (MockServer::start().await, collector().await);
    let success = ResponseTemplate::new(200).set_body_string(r#"{"resultCode":"0"}"#);
    Mock::given(method("POST"))
        .and(path(SEND))
        .respond_with(success)
        .mount(&upstream)
        .await;
    let endpoint = collector.uri();
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("CHAT_CALLS", "send"),
    ];
    let gateway = gateway(&upstream, &settings).await;
    let message = json!({
        "channel": "WEB", "controlType": "CHAT", "from": "visitor", "to": "channel",
        "mediaType": "TEXT", "sourceType": "CUSTOMER", "content": "a private text",
    });
    let parent = format!("00-{TRACE_ID}-{SPAN_ID}-01");
    let request = Request::json(&message)
        .path(SEND)
        .with("traceparent", &parent);
    let answer = gateway.send(&request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);

    let traceparent = forwarded(&upstream).await.expect("a header");
    assert!(traceparent.contains(TRACE_ID), "{traceparent}");
    assert!(!traceparent.contains(SPAN_ID), "{traceparent}");
    let log = gateway.stop().await;
    assert_eq!(log_lines(&log, "chat call")[0]["trace_id"], TRACE_ID);
    let exported = exported(&collector).await;
    for name in [
        "chat call",
        "send",
        "receive",
        "token",
        "upstream",
        "succeeded",
    ] {
        assert!(contains(&exported, name.as_bytes()), "{name}");
    }
    for secret in ["a private text", "session-token-of-the-test"] {
        assert!(!contains(&exported, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn an_upload_without_a_trace_begins_one() {
    let (upstream, collector) = (upstream_storing().await, collector().await);
    let endpoint = format!("{}/v1/traces", collector.uri());
    let settings = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint.as_str())];
    let gateway = gateway(&upstream, &settings).await;
    gateway.send(&Request::png()).await.assert_stored();
    let traceparent = forwarded(&upstream).await.expect("a header");
    let line = upload_line(&gateway.stop().await);
    assert_eq!(line["trace_id"], traceparent[3..35]);
    assert!(!exported(&collector).await.is_empty());
}

#[tokio::test]
async fn a_collector_that_does_not_respond_delays_no_upload_and_hardly_the_stop() {
    let upstream = upstream_storing().await;
    let hanging = ScriptedUpstream::start(Script::new([Step::ReadHead, Step::Stall])).await;
    let endpoint = hanging.uri();
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        // Exports while uploads are sent.
        ("OTEL_BSP_SCHEDULE_DELAY", "1"),
    ];
    let mut gateway = gateway(&upstream, &settings).await;
    let started = Instant::now();
    for _ in 0..20 {
        gateway.send(&Request::png()).await.assert_stored();
    }
    gateway.process().terminate();
    assert_eq!(gateway.wait().await.code(), Some(0));
    // Less than the exporter's timeout of ten seconds.
    assert!(started.elapsed() < Duration::from_secs(8));
    assert!(hanging.connections() > 0);
}

#[tokio::test]
async fn without_an_endpoint_the_trace_is_forwarded_as_received() {
    let upstream = upstream_storing().await;
    let endpoint = "http://127.0.0.1:1";
    for settings in [
        &[][..],
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
            ("OTEL_SDK_DISABLED", "true"),
        ],
    ] {
        upstream.reset().await;
        gateway_tests::answers(
            &upstream,
            ResponseTemplate::new(200).set_body_string(gateway_tests::stored()),
        )
        .await;
        let gateway = gateway(&upstream, settings).await;
        let parent = format!("00-{TRACE_ID}-{SPAN_ID}-01");
        let request = Request::png().with("traceparent", &parent);
        gateway.send(&request).await.assert_stored();
        assert_eq!(forwarded(&upstream).await, Some(parent));
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["trace_id"], TRACE_ID);
    }
}
