//! A caller's trace context reaches the upstream, if it is valid.

use gateway_tests::{Door, Request, answers, sample, upload_line, upstream_storing};
use wiremock::{MockServer, ResponseTemplate};

use crate::gateway;

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn upload() -> Request {
    Request::upload("png", &sample("rgb.png"))
}

/// The values of a header in every request that the upstream received.
async fn received(upstream: &MockServer, name: &str) -> Vec<Option<String>> {
    let requests = upstream.received_requests().await.expect("recording is on");
    requests
        .iter()
        .map(|request| request.headers.get(name))
        .map(|value| value.map(|value| value.to_str().expect("visible").to_owned()))
        .collect()
}

#[tokio::test]
async fn a_valid_context_goes_with_every_attempt_and_its_trace_is_in_the_log() {
    for door in Door::ALL {
        let upstream = MockServer::start().await;
        answers(&upstream, ResponseTemplate::new(503)).await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        let request = upload()
            .with("traceparent", TRACEPARENT)
            .with("tracestate", "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE");
        gateway.send(&request).await.assert_refused(500, "13", &[]);

        let parents = received(&upstream, "traceparent").await;
        assert_eq!(parents, vec![Some(TRACEPARENT.to_owned()); 3]);
        let states = received(&upstream, "tracestate").await;
        let state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE".to_owned();
        assert_eq!(states, vec![Some(state); 3]);
        assert_eq!(upload_line(&gateway.stop().await)["trace_id"], TRACE_ID);
    }
}

#[tokio::test]
async fn an_invalid_context_is_dropped_and_the_upload_goes_on() {
    let zero = TRACEPARENT.replace(TRACE_ID, &"0".repeat(32));
    let upper = TRACEPARENT.to_uppercase();
    let forbidden = TRACEPARENT.replacen("00", "ff", 1);
    for door in Door::ALL {
        for invalid in ["", "x", &zero, &upper, &forbidden] {
            let upstream = upstream_storing().await;
            let gateway = gateway(door, &upstream.uri(), &[]).await;
            let request = upload()
                .with("traceparent", invalid)
                .with("tracestate", "rojo=1");
            assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
            assert_eq!(received(&upstream, "traceparent").await, [None]);
            assert_eq!(received(&upstream, "tracestate").await, [None]);
            assert!(upload_line(&gateway.stop().await).get("trace_id").is_none());
        }
    }
}

#[tokio::test]
async fn an_invalid_tracestate_does_not_spoil_a_valid_traceparent() {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), &[]).await;
        let request = upload()
            .with("traceparent", TRACEPARENT)
            .with("tracestate", "ROJO=1");
        assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
        let parents = received(&upstream, "traceparent").await;
        assert_eq!(parents, [Some(TRACEPARENT.to_owned())]);
        assert_eq!(received(&upstream, "tracestate").await, [None]);
    }
}
