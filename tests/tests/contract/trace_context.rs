//! The upstream receives the caller's trace headers.

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
async fn every_attempt_carries_the_context_and_the_log_has_its_trace_id() {
    let overloaded = ResponseTemplate::new(503).insert_header("retry-after", "0");
    for platform in Platform::ALL {
        let upstream = answering(overloaded.clone()).await;
        let gateway = gateway(platform, &upstream.uri(), &[]).await;
        let state = "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE";
        let request = upload(TRACEPARENT, state);
        gateway.send(&request).await.assert_refused(500, "13", &[]);

        let expected = [TRACEPARENT, state].map(|value| Some(value.to_owned()));
        assert_eq!(contexts(&upstream).await, vec![expected; 3]);
        assert_eq!(upload_line(&gateway.stop().await)["trace_id"], TRACE_ID);
    }
}

#[tokio::test]
async fn an_unusable_context_is_not_forwarded_and_the_upload_is() {
    let long = "0".repeat(513);
    let twice = format!("{TRACEPARENT},{TRACEPARENT}");
    let mut unusable = ["", "\u{fc}", &long, &twice].map(|parent| upload(parent, "rojo=1"));
    unusable[0] = Request::png().with("tracestate", "rojo=1");
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for request in &unusable {
            service.store(request).await;
        }
        let contexts = contexts(&service.upstream).await;
        assert_eq!(contexts, vec![[None, None]; unusable.len()]);
        let lines = log_lines(&service.gateway.stop().await, "upload");
        assert_eq!(lines.len(), unusable.len());
        assert!(lines.iter().all(|line| line.get("trace_id").is_none()));
    }
}

#[tokio::test]
async fn an_unusable_tracestate_does_not_affect_the_traceparent() {
    let long = "0".repeat(513);
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for tracestate in ["", "rojo=\u{fc}", &long] {
            service.store(&upload(TRACEPARENT, tracestate)).await;
        }
        let contexts = contexts(&service.upstream).await;
        assert_eq!(contexts, vec![[Some(TRACEPARENT.to_owned()), None]; 3]);
    }
}

#[tokio::test]
async fn repeated_headers_are_not_forwarded() {
    let service = storing(Platform::Http, &[]).await;
    for (name, forwarded) in [("traceparent", None), ("tracestate", Some(TRACEPARENT))] {
        let mut request = upload(TRACEPARENT, "rojo=1");
        request.headers.push((name.to_owned(), "b=2".to_owned()));
        service.store(&request).await;
        let contexts = contexts(&service.upstream).await;
        let expected = [forwarded.map(str::to_owned), None];
        assert_eq!(contexts.last(), Some(&expected), "{name}");
    }
}

#[tokio::test]
async fn a_traceparent_of_another_form_is_forwarded_and_its_trace_id_is_not_logged() {
    let longest = "v".repeat(512);
    let service = storing(Platform::Http, &[]).await;
    let parents = [
        "cc-anything",
        &longest,
        &TRACEPARENT.to_uppercase(),
        &TRACEPARENT.replacen('4', "", 1),
        &TRACEPARENT.replacen('4', "44", 1),
        &TRACEPARENT.replacen('4', "g", 1),
    ];
    for parent in parents {
        service.store(&upload(parent, &longest)).await;
    }
    let expected = parents.map(|parent| [parent, &longest].map(|value| Some(value.to_owned())));
    assert_eq!(contexts(&service.upstream).await, expected);
    let lines = log_lines(&service.gateway.stop().await, "upload");
    assert!(lines.iter().all(|line| line.get("trace_id").is_none()));
}
