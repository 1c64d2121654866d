//! One line of CloudWatch's embedded metric format per upload or call of the chat.
//!
//! CloudWatch Logs extracts metrics from it (Amazon CloudWatch, "Specification: Embedded metric
//! format"). The dimensions are not combined, because AWS charges for each combination.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::chat_event::ChatEvent;
use super::request_event::RequestEvent;
use super::upload_event::UploadEvent;
use crate::outcome::OVERLOADED;
use crate::scan::ScanResult;

/// The dimensions, each with at most ten values.
const DIMENSIONS: [[&str; 1]; 3] = [["Outcome"], ["Format"], ["FileType"]];

/// The dimensions of `UpstreamResults`.
const RESULT_DIMENSIONS: [[&str; 1]; 2] = [["UpstreamStatus"], ["ReturnCode"]];

/// Returns the line of an upload that ends now. `token_fetches` counts the fetches since the last line.
pub(super) fn line(namespace: &str, upload: &UploadEvent<'_>, token_fetches: u64) -> String {
    let phases = upload.phases();
    let [malware_found, scan_unavailable, overloaded] = counts(&upload.request);
    let metrics = [
        ("Uploads", "Count", Some(json!(1))),
        (
            "FileBytes",
            "Bytes",
            upload.request.decoded_bytes.map(Value::from),
        ),
        (
            "ReceiveTime",
            "Milliseconds",
            Some(milliseconds(phases.receive)),
        ),
        (
            "ValidateTime",
            "Milliseconds",
            phases.validate.map(milliseconds),
        ),
        ("ScanTime", "Milliseconds", phases.scan.map(milliseconds)),
        malware_found,
        scan_unavailable,
        (
            "UpstreamTime",
            "Milliseconds",
            phases.upstream.map(milliseconds),
        ),
        (
            "UpstreamAttempts",
            "Count",
            Some(json!(upload.request.progress.attempts())),
        ),
        ("TokenFetches", "Count", Some(json!(token_fetches))),
        overloaded,
    ];
    let uploads = directive(namespace, &json!(DIMENSIONS), &metrics);
    let mut line = new_line(&[uploads], &metrics, &upload.request);
    line["Outcome"] = upload.request.outcome().name().into();
    line["Format"] = upload.format_name().into();
    line["FileType"] = upload.file_type_name().into();
    if let Some(result) = upload.upstream_result {
        line["UpstreamStatus"] = result.status.into();
        line["ReturnCode"] = result.return_code.into();
        line["UpstreamResults"] = 1.into();
        let results = json!({
            "Namespace": namespace,
            "Dimensions": RESULT_DIMENSIONS,
            "Metrics": [{"Name": "UpstreamResults", "Unit": "Count"}],
        });
        if let Some(directives) = line["_aws"]["CloudWatchMetrics"].as_array_mut() {
            directives.push(results);
        }
    }
    line.to_string()
}

/// Returns the line of one of the chat's calls that ends now. Only the first two metrics have dimensions.
pub(super) fn chat_line(namespace: &str, event: &ChatEvent<'_>, token_fetches: u64) -> String {
    let [malware_found, scan_unavailable, overloaded] = counts(&event.request);
    let time = milliseconds(event.request.elapsed());
    let calls = [
        ("ChatCalls", "Count", Some(json!(1))),
        ("ChatCallTime", "Milliseconds", Some(time)),
    ];
    let others = [
        malware_found,
        scan_unavailable,
        ("TokenFetches", "Count", Some(json!(token_fetches))),
        overloaded,
    ];
    let directives = [
        directive(namespace, &json!([["Call", "CallOutcome"]]), &calls),
        directive(namespace, &json!([[]]), &others),
    ];
    let mut line = new_line(&directives, &[&calls[..], &others].concat(), &event.request);
    line["Call"] = event.call.name().into();
    line["CallOutcome"] = event.request.outcome().name().into();
    line.to_string()
}

/// The name, the unit and the value of a metric; `None` if the request has none.
type Metric = (&'static str, &'static str, Option<Value>);

/// Returns what is counted for uploads and for the chat's calls alike.
fn counts(request: &RequestEvent<'_>) -> [Metric; 3] {
    let scan = request.scan.as_ref().map(|scan| &scan.result);
    let scan_ended =
        |is_so: fn(&ScanResult) -> bool| scan.map(|scan| json!(u32::from(is_so(scan))));
    let malware_found = scan_ended(|scan| scan.malware().is_some());
    let unavailable = scan_ended(|scan| scan.error().is_some());
    let overloaded = u32::from(request.reason_code == Some(OVERLOADED));
    [
        ("MalwareFound", "Count", malware_found),
        ("ScanUnavailable", "Count", unavailable),
        ("Overloaded", "Count", Some(json!(overloaded))),
    ]
}

/// Returns the definition of these metrics. Each must have a value in the line.
fn directive(namespace: &str, dimensions: &Value, metrics: &[Metric]) -> Value {
    let known = metrics.iter().filter(|(_, _, value)| value.is_some());
    let metrics: Vec<Value> = known
        .map(|(name, unit, _)| json!({"Name": name, "Unit": unit}))
        .collect();
    json!({"Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics})
}

/// Returns a line with these metrics, and without the dimensions' values.
fn new_line(directives: &[Value], metrics: &[Metric], request: &RequestEvent<'_>) -> Value {
    let mut line = json!({
        "_aws": {
            "Timestamp": milliseconds_since_1970(),
            "CloudWatchMetrics": directives,
        },
    });
    for (name, _, value) in metrics {
        if let Some(value) = value {
            line[name] = value.clone();
        }
    }
    // Not a dimension, only for searching.
    if let Some(reason_code) = request.log_reason_code {
        line["ReasonCode"] = reason_code.into();
    }
    line
}

fn milliseconds(time: Duration) -> Value {
    json!(time.as_secs_f64() * 1000.0)
}

fn milliseconds_since_1970() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}
