//! A caller's trace context reaches the upstream, if it is valid.

use gateway_tests::{Platform, Request, answering, log_lines, received, upload_line};
use wiremock::{MockServer, ResponseTemplate};

use crate::{gateway, storing};

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn upload(traceparent: &str, tracestate: &str) -> Request {
    Request::png()
        .with("traceparent", traceparent)
        .with("tracestate", tracestate)
}

/// `traceparent` and `tracestate` of every request that the upstream received.
async fn contexts(upstream: &MockServer) -> Vec<[Option<String>; 2]> {
    let received = received(upstream).await;
    let contexts = received.iter().map(|request| {
        ["traceparent", "tracestate"].map(|name| {
            let value = request.headers.get(name)?;
            Some(value.to_str().expect("visible").to_owned())
        })
    });
    contexts.collect()
}

#[tokio::test]
async fn a_valid_context_goes_with_every_attempt_and_its_trace_is_in_the_log() {
    let overloaded = ResponseTemplate::new(503).insert_header("retry-after", "0");
    for platform in Platform::ALL {
        let upstream = answering(overloaded.clone()).await;
        let gateway = gateway(platform, &upstream.uri(), &[]).await;
        let request = upload(TRACEPARENT, "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE");
        gateway.send(&request).await.assert_refused(500, "13", &[]);

        let state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";
        let expected = [TRACEPARENT, state].map(|value| Some(value.to_owned()));
        assert_eq!(contexts(&upstream).await, vec![expected; 3]);
        assert_eq!(upload_line(&gateway.stop().await)["trace_id"], TRACE_ID);
    }
}

#[tokio::test]
async fn an_invalid_context_is_dropped_and_the_upload_goes_on() {
    let zero = TRACEPARENT.replace(TRACE_ID, &"0".repeat(32));
    let upper = TRACEPARENT.to_uppercase();
    let forbidden = TRACEPARENT.replacen("00", "ff", 1);
    let invalid = ["", "x", &zero, &upper, &forbidden];
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for traceparent in invalid {
            service.store(&upload(traceparent, "rojo=1")).await;
        }
        let contexts = contexts(&service.upstream).await;
        assert_eq!(contexts, vec![[None, None]; invalid.len()]);
        let lines = log_lines(&service.gateway.stop().await, "upload");
        assert_eq!(lines.len(), invalid.len());
        assert!(lines.iter().all(|line| line.get("trace_id").is_none()));
    }
}

#[tokio::test]
async fn an_invalid_tracestate_does_not_spoil_a_valid_traceparent() {
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        service.store(&upload(TRACEPARENT, "ROJO=1")).await;
        let contexts = contexts(&service.upstream).await;
        assert_eq!(contexts, [[Some(TRACEPARENT.to_owned()), None]]);
    }
}
