//! What Prometheus and CloudWatch are told.

use std::collections::BTreeSet;

use gateway_tests::{
    Door, Gateway, PrometheusText, Request, answers, sample, until_reached, upstream_storing,
};
use serde_json::Value;
use wiremock::{MockServer, ResponseTemplate};

use crate::gateway;

const README: &str = include_str!("../../../functions/upload-file-stream/README.md");

/// An address of the metrics that any free port serves.
const OBSERVED: [(&str, &str); 1] = [("METRICS_ADDRESS", "127.0.0.1:0")];

/// The settings by which a Lambda function writes metrics.
const NAMESPACE: [(&str, &str); 1] = [("METRICS_NAMESPACE", "Chat/Uploads")];

fn upload() -> Request {
    Request::upload("png", &sample("rgb.png"))
}

async fn scrape(gateway: &Gateway) -> PrometheusText {
    let answer = gateway.metrics().await;
    assert_eq!(answer.status, 200);
    let content_type = Some("text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("content-type"), content_type);
    PrometheusText::parse(&answer.text)
}

#[tokio::test]
async fn uploads_are_counted_by_outcome_lane_and_type() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &OBSERVED).await;
    let png = sample("rgb.png");
    gateway.send(&upload()).await;
    gateway.send(&upload()).await;
    gateway.send(&Request::raw("image/png", &png)).await;
    gateway.send(&Request::upload("JPEG", &png)).await;
    gateway.send(&upload().without("ccmessaging-token")).await;

    let metrics = scrape(&gateway).await;
    let uploads = |outcome, lane, file_type| {
        let labels = [
            ("outcome", outcome),
            ("lane", lane),
            ("file_type", file_type),
        ];
        metrics.value("upload_file_stream_uploads_total", &labels)
    };
    assert_eq!(uploads("stored", "json", "png"), Some(2.0));
    assert_eq!(uploads("stored", "raw", "png"), Some(1.0));
    assert_eq!(uploads("refused", "json", "jpg"), Some(1.0));
    assert_eq!(uploads("refused", "json", "none"), Some(1.0));
    let value = |name: &str, labels: &[(&str, &str)]| {
        metrics.value(&format!("upload_file_stream_{name}"), labels)
    };
    assert_eq!(value("uploads_in_flight", &[]), Some(0.0));
    assert_eq!(value("upstream_attempts_total", &[]), Some(3.0));
    let bytes = u32::try_from(3 * png.len()).expect("a small file");
    assert_eq!(value("file_bytes_total", &[]), Some(bytes.into()));
    for (phase, count) in [("receive", 5.0), ("validate", 4.0), ("upstream", 3.0)] {
        assert_eq!(
            value("duration_seconds_count", &[("phase", phase)]),
            Some(count)
        );
    }
}

#[tokio::test]
async fn the_metrics_are_the_ones_that_the_readme_lists() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &OBSERVED).await;
    let metrics = scrape(&gateway).await;
    let served: BTreeSet<&str> = metrics.families.keys().map(String::as_str).collect();
    let documented: BTreeSet<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("upload_file_stream_"))
        .collect();
    assert_eq!(served, documented);
}

#[tokio::test]
async fn nothing_that_a_caller_wrote_becomes_a_label() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Http, &upstream.uri(), &OBSERVED).await;
    for number in 0..50 {
        let file_type = format!("type{number}");
        gateway.send(&Request::upload(&file_type, b"a")).await;
        gateway
            .send(&Request::raw(&format!("x/{file_type}"), b"a"))
            .await;
    }
    let metrics = scrape(&gateway).await;
    let uploads = &metrics.families["upload_file_stream_uploads_total"].samples;
    assert_eq!(uploads.len(), 2, "{uploads:?}");
}

#[tokio::test]
async fn an_upload_in_flight_and_one_that_finds_the_gateway_full_are_seen() {
    let upstream = MockServer::start().await;
    let never = ResponseTemplate::new(200).set_delay(std::time::Duration::from_secs(600));
    answers(&upstream, never).await;
    let settings = [&OBSERVED[..], &[("MAX_UPLOADS_IN_FLIGHT", "1")]].concat();
    let gateway = gateway(Door::Http, &upstream.uri(), &settings).await;
    let first = upload();
    let observe = async {
        until_reached(&upstream).await;
        gateway
            .send(&upload())
            .await
            .assert_refused(503, "13", &["full"]);
        scrape(&gateway).await
    };
    let metrics = tokio::select! {
        _ = gateway.send(&first) => panic!("nothing is answered"),
        metrics = observe => metrics,
    };
    let value = |name: &str| metrics.value(&format!("upload_file_stream_{name}"), &[]);
    assert_eq!(value("uploads_in_flight"), Some(1.0));
    assert_eq!(value("refused_for_fullness_total"), Some(1.0));

    // The first caller has hung up.
    gateway.output().until_said("abandoned").await;
    let metrics = scrape(&gateway).await;
    assert_eq!(
        metrics.value("upload_file_stream_uploads_in_flight", &[]),
        Some(0.0)
    );
}

#[tokio::test]
async fn callers_cannot_read_the_metrics() {
    for door in Door::ALL {
        for settings in [&OBSERVED[..], &[]] {
            let upstream = upstream_storing().await;
            let gateway = gateway(door, &upstream.uri(), settings).await;
            let request = Request::new("").method("GET").path("/metrics");
            gateway.send(&request).await.assert_refused(404, "3", &[]);
            let log = gateway.stop().await;
            let is_served = door == Door::Http && !settings.is_empty();
            assert_eq!(log.contains("serving metrics"), is_served, "{log}");
        }
    }
}

/// The lines of the embedded metric format in a log.
fn metric_lines(log: &str) -> Vec<Value> {
    log.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line.get("_aws").is_some())
        .collect()
}

/// Asserts what the format's specification asks: a time, one namespace, and for every dimension a
/// short text and for every metric a number in the line itself.
fn assert_well_formed(line: &Value) {
    assert!(
        line["_aws"]["Timestamp"].as_u64() > Some(1_700_000_000_000),
        "{line}"
    );
    let directives = line["_aws"]["CloudWatchMetrics"]
        .as_array()
        .expect("a list");
    let [directive] = directives.as_slice() else {
        panic!("one directive is expected: {line}");
    };
    assert_eq!(directive["Namespace"], "Chat/Uploads");
    let mut members = BTreeSet::from(["_aws"]);
    for set in directive["Dimensions"].as_array().expect("a list") {
        for dimension in set.as_array().expect("a list") {
            let name = dimension.as_str().expect("a name");
            let value = line[name].as_str().expect("a dimension's value");
            assert!(!value.is_empty() && value.len() <= 20, "{value}");
            members.insert(name);
        }
    }
    for metric in directive["Metrics"].as_array().expect("a list") {
        let name = metric["Name"].as_str().expect("a name");
        assert!(line[name].is_number(), "{name} is missing: {line}");
        let unit = metric["Unit"].as_str().expect("a unit");
        assert!(["Bytes", "Count", "Milliseconds"].contains(&unit), "{unit}");
        members.insert(name);
    }
    let object = line.as_object().expect("an object");
    assert_eq!(
        object.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        members
    );
}

#[tokio::test]
async fn a_lambda_function_writes_one_line_of_metrics_for_each_upload() {
    let upstream = upstream_storing().await;
    let gateway = gateway(Door::Lambda, &upstream.uri(), &NAMESPACE).await;
    gateway.send(&upload()).await;
    gateway
        .send(&Request::upload("a-type-of-its-own", b"a"))
        .await;
    let lines = metric_lines(&gateway.stop().await);
    let [stored, refused] = lines.as_slice() else {
        panic!("two lines are expected: {lines:?}");
    };
    assert_well_formed(stored);
    assert_well_formed(refused);
    let labels = |line: &Value| ["Outcome", "Lane", "FileType"].map(|name| line[name].clone());
    assert_eq!(labels(stored), ["stored", "json", "png"].map(Value::from));
    assert_eq!(
        labels(refused),
        ["refused", "json", "none"].map(Value::from)
    );
    assert_eq!(stored["Uploads"], 1);
    assert_eq!(stored["UpstreamAttempts"], 1);
    assert_eq!(stored["FileBytes"], sample("rgb.png").len());
    assert!(refused.get("UpstreamTime").is_none(), "{refused}");
}

#[tokio::test]
async fn without_a_namespace_or_outside_of_lambda_there_is_no_such_line() {
    for (door, settings) in [(Door::Lambda, &[][..]), (Door::Http, &NAMESPACE[..])] {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), settings).await;
        gateway.send(&upload()).await;
        assert!(metric_lines(&gateway.stop().await).is_empty(), "{door:?}");
    }
}
