//! The metrics for CloudWatch.

use std::collections::BTreeSet;

use ccmessaging_core::FileType;
use gateway_tests::{Platform, Request, Script, ScriptedUpstream, json_lines, sample};
use serde_json::{Value, json};

use crate::storing;

/// The settings by which a Lambda function writes metrics.
const NAMESPACE: [(&str, &str); 1] = [("METRICS_NAMESPACE", "Chat/Uploads")];

/// The lines of the embedded metric format in a log.
fn metric_lines(log: &str) -> Vec<Value> {
    json_lines(log)
        .filter(|line| line.get("_aws").is_some())
        .collect()
}

/// Asserts what the format's specification asks: a time, the namespace, and for every dimension a
/// short text and for every metric a number in the line itself.
fn assert_well_formed(line: &Value) {
    let timestamp = line["_aws"]["Timestamp"].as_u64();
    assert!(timestamp > Some(1_700_000_000_000), "{line}");
    let directives = line["_aws"]["CloudWatchMetrics"]
        .as_array()
        .expect("a list");
    let mut members = BTreeSet::from(["_aws"]);
    for directive in directives {
        assert_eq!(directive["Namespace"], "Chat/Uploads");
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
    }
    let object = line.as_object().expect("an object");
    let found = object.keys().map(String::as_str);
    // For searching only: no metric and no dimension.
    let found: BTreeSet<_> = found.filter(|name| *name != "ReasonCode").collect();
    assert_eq!(found, members);
}

#[tokio::test]
async fn a_lambda_function_writes_one_line_of_metrics_for_each_upload() {
    let service = storing(Platform::Lambda, &NAMESPACE).await;
    service.store(&Request::png()).await;
    let unknown = Request::upload("a-type-of-its-own", b"a");
    service.refuse(&unknown).await;
    let lines = metric_lines(&service.gateway.stop().await);
    let [stored, refused] = lines.as_slice() else {
        panic!("two lines are expected: {lines:?}");
    };
    assert_well_formed(stored);
    assert_well_formed(refused);
    let labels = |line: &Value| ["Outcome", "Format", "FileType"].map(|name| line[name].clone());
    assert_eq!(labels(stored), ["stored", "json", "png"].map(Value::from));
    assert_eq!(
        labels(refused),
        ["refused", "json", "none"].map(Value::from)
    );
    assert_eq!(stored["Uploads"], 1);
    assert_eq!(stored["UpstreamAttempts"], 1);
    assert_eq!(stored["UpstreamResults"], 1);
    assert_eq!(stored["UpstreamStatus"], "2xx");
    assert_eq!(stored["ReturnCode"], "0");
    assert_eq!(refused.get("UpstreamResults"), None, "{refused}");
    assert_eq!(stored["FileBytes"], sample("rgb.png").len());
    assert!(refused.get("UpstreamTime").is_none(), "{refused}");
}

#[tokio::test]
async fn without_a_namespace_or_outside_of_lambda_no_metrics_are_logged() {
    for (platform, settings) in [
        (Platform::Lambda, &[][..]),
        (Platform::Http, &NAMESPACE[..]),
    ] {
        let service = storing(platform, settings).await;
        service.store(&Request::png()).await;
        let lines = metric_lines(&service.gateway.stop().await);
        assert!(lines.is_empty(), "{platform:?}");
    }
}

#[tokio::test]
async fn cloudwatch_makes_at_most_235_metrics() {
    let scanner = ScriptedUpstream::start(Script::scanning("stream: OK\0")).await;
    let clamd = scanner.clamd();
    let settings = [&NAMESPACE[..], &[("SCAN_CLAMD", &clamd)]].concat();
    let service = storing(Platform::Lambda, &settings).await;
    service.store(&Request::png()).await;
    let line = metric_lines(&service.gateway.stop().await).remove(0);
    assert_well_formed(&line);
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    let single = json!([["Outcome"], ["Format"], ["FileType"]]);
    assert_eq!(directive["Dimensions"], single);
    let metrics = directive["Metrics"].as_array().expect("a list").len();
    // Outcomes; the formats and types, each of which may also be `none`.
    let values = 7 + (3 + 1) + (FileType::ALL.len() + 1);
    let results = &line["_aws"]["CloudWatchMetrics"][1];
    let single = json!([["UpstreamStatus"], ["ReturnCode"]]);
    assert_eq!(results["Dimensions"], single);
    // The statuses and return codes of `upstream_results_total`.
    assert_eq!(metrics * values + 9 + 6, 235);
}
