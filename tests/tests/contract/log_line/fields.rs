//! The fields of an upload's log line.

use std::collections::BTreeSet;

use gateway_tests::{OBJECT_KEY, Platform, Request, Script, ScriptedUpstream, sample, upload_line};
use serde_json::{Value, json};

use super::lines_of_refused;
use super::support::line_of_failed;
use crate::storing;

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The fields that only some uploads have, beside those of a stored file.
const OPTIONAL_FIELDS: [&str; 14] = [
    "caller_request_id",
    "converted_from",
    "file_sha256",
    "malware",
    "metadata_removed",
    "next_session",
    "reason",
    "reason_code",
    "scan",
    "scan_error",
    "scan_ms",
    "session",
    "upstream_desc",
    "upstream_request_id",
];

fn fields(line: &Value) -> BTreeSet<String> {
    line.as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect()
}

/// Fields whose values differ between runs.
const VARYING_FIELDS: [&str; 4] = ["timestamp", "receive_ms", "validate_ms", "upstream_ms"];

async fn line_of_stored() -> Value {
    let service = storing(Platform::Http, &[]).await;
    let request = Request::upload("PNG", &sample("rgb.png"))
        .with("x-cff-request-id", "3b0d7c1e-8f0a-4b62-9a53-6d7f2f4c9e10")
        .with("traceparent", TRACEPARENT);
    service.store(&request).await;
    upload_line(&service.gateway.stop().await)
}

#[tokio::test]
async fn a_stored_upload_writes_one_line_with_its_result_and_durations() {
    let mut line = line_of_stored().await;
    assert!(line["timestamp"].is_string(), "{line}");
    for duration in &VARYING_FIELDS[1..] {
        assert!(line[duration].is_u64(), "{line}");
    }
    for varying in VARYING_FIELDS {
        line[varying].take();
    }
    let expected = json!({
        "timestamp": null,
        "level": "INFO",
        "message": "upload",
        "request_id": "3b0d7c1e-8f0a-4b62-9a53-6d7f2f4c9e10",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "platform": "functiongraph",
        "mode": "pass-through",
        "format": "json",
        "file_type": "PNG",
        "detected_type": "image/png",
        "decoded_bytes": sample("rgb.png").len(),
        "outcome": "stored",
        "status": 200,
        "return_code": "0",
        "upstream_status": 200,
        "object_key": OBJECT_KEY,
        "attempts": 1,
        "receive_ms": null,
        "validate_ms": null,
        "upstream_ms": null,
        "target": "ccmessaging_gateway",
    });
    assert_eq!(line, expected);
}

/// The line of a photo without its metadata, with the file's checksum.
async fn line_of_stripped() -> Value {
    let settings = [("STRIP_METADATA", "all"), ("LOG_SHA256", "true")];
    let service = storing(Platform::Http, &settings).await;
    let photo = sample("geotagged.jpg");
    service.store(&Request::raw("image/jpeg", &photo)).await;
    upload_line(&service.gateway.stop().await)
}

/// The line of a movie that was converted.
async fn line_of_converted() -> Value {
    let service = storing(Platform::Http, &[]).await;
    let movie = sample("refused/mov.mp4");
    service
        .store(&Request::raw("video/quicktime", &movie))
        .await;
    upload_line(&service.gateway.stop().await)
}

/// The lines of a file in which a scanner finds something, and of one for which it has no verdict.
async fn lines_of_scanned() -> Vec<Value> {
    let mut lines = Vec::new();
    for answer in ["stream: Own.Test FOUND\0", "stream: Read failed ERROR\0"] {
        let scanner = ScriptedUpstream::start(Script::scanning(answer)).await;
        let service = storing(Platform::Http, &[("SCAN_CLAMD", &scanner.clamd())]).await;
        service.refuse(&Request::png()).await;
        lines.push(upload_line(&service.gateway.stop().await));
    }
    lines
}

#[tokio::test]
async fn rejected_scanned_and_stripped_uploads_add_the_optional_fields() {
    let stored = fields(&line_of_stored().await);
    let unwanted = Request::upload("png", b"GIF89a\x01\0\x01\0\0\0\0;");
    let refused = lines_of_refused(Platform::Lambda, &[unwanted]).await;
    let mut seen = fields(&refused[0]);
    seen.extend(fields(&line_of_failed().await));
    seen.extend(fields(&line_of_stripped().await));
    seen.extend(fields(&line_of_converted().await));
    seen.extend(lines_of_scanned().await.iter().flat_map(fields));
    let optional: BTreeSet<String> = seen.difference(&stored).cloned().collect();
    assert_eq!(optional, OPTIONAL_FIELDS.map(str::to_owned).into());
}
