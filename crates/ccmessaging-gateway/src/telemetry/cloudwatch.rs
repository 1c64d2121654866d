//! One line of CloudWatch's embedded metric format per upload.
//!
//! CloudWatch Logs extracts metrics from it (Amazon CloudWatch, "Specification: Embedded metric
//! format"). The dimensions are not combined, because AWS charges for each combination.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{ChatEvent, UploadEvent};
use crate::outcome::OVERLOADED;
use crate::scan::ScanResult;

/// The dimensions, each with at most ten values.
const DIMENSIONS: [[&str; 1]; 3] = [["Outcome"], ["Format"], ["FileType"]];

/// The dimensions of `UpstreamResults`.
const RESULT_DIMENSIONS: [[&str; 1]; 2] = [["UpstreamStatus"], ["ReturnCode"]];

/// Returns the line of an upload that ends now. `token_fetches` counts the fetches since the last line.
pub(super) fn line(namespace: &str, upload: &UploadEvent<'_>, token_fetches: u64) -> String {
    let phases = upload.phases();
    let scan = upload.scan.as_ref().map(|scan| &scan.result);
    let scan_ended =
        |is_so: fn(&ScanResult) -> bool| scan.map(|scan| json!(u32::from(is_so(scan))));
    let metrics = [
        ("Uploads", "Count", Some(json!(1))),
        ("FileBytes", "Bytes", upload.decoded_bytes.map(Value::from)),
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
        (
            "MalwareFound",
            "Count",
            scan_ended(|scan| matches!(scan, ScanResult::Malware(_))),
        ),
        (
            "ScanUnavailable",
            "Count",
            scan_ended(|scan| matches!(scan, ScanResult::Unavailable(_))),
        ),
        (
            "UpstreamTime",
            "Milliseconds",
            phases.upstream.map(milliseconds),
        ),
        (
            "UpstreamAttempts",
            "Count",
            Some(json!(upload.progress.attempts())),
        ),
        ("TokenFetches", "Count", Some(json!(token_fetches))),
        (
            "Overloaded",
            "Count",
            Some(json!(u32::from(upload.reason_code == Some(OVERLOADED)))),
        ),
    ];
    // Each metric in the directive must have a value in the line.
    let known = || {
        metrics
            .iter()
            .filter_map(|(name, unit, value)| Some((*name, *unit, value.clone()?)))
    };
    let definitions: Vec<Value> = known()
        .map(|(name, unit, _)| json!({"Name": name, "Unit": unit}))
        .collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": milliseconds_since_1970(),
            "CloudWatchMetrics": [{
                "Namespace": namespace,
                "Dimensions": DIMENSIONS,
                "Metrics": definitions,
            }],
        },
        "Outcome": upload.outcome_name(),
        "Format": upload.format_name(),
        "FileType": upload.file_type_name(),
    });
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
    // Not a dimension, only for searching.
    if let Some(reason_code) = upload.log_reason_code {
        line["ReasonCode"] = reason_code.into();
    }
    for (name, _, value) in known() {
        line[name] = value;
    }
    line.to_string()
}

/// Returns the line of one of the chat's calls that ends now.
pub(super) fn chat_line(namespace: &str, event: &ChatEvent<'_>) -> String {
    let mut line = json!({
        "_aws": {
            "Timestamp": milliseconds_since_1970(),
            "CloudWatchMetrics": [{
                "Namespace": namespace,
                "Dimensions": [["Call", "CallOutcome"]],
                "Metrics": [
                    {"Name": "ChatCalls", "Unit": "Count"},
                    {"Name": "ChatCallTime", "Unit": "Milliseconds"},
                ],
            }],
        },
        "Call": event.call.name(),
        "CallOutcome": event.outcome_name(),
        "ChatCalls": 1,
        "ChatCallTime": milliseconds(event.elapsed()),
    });
    // Not a dimension, only for searching.
    if let Some(reason_code) = event.reason_code {
        line["ReasonCode"] = reason_code.into();
    }
    line.to_string()
}

fn milliseconds(time: Duration) -> Value {
    json!(time.as_secs_f64() * 1000.0)
}

fn milliseconds_since_1970() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}
