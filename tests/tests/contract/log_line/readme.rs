//! The README's fields and its example, against the lines of the real program.

use std::collections::{BTreeMap, BTreeSet};

use gateway_tests::{Platform, Request, Script, ScriptedUpstream, sample, upload_line};
use serde_json::Value;

use super::lines_of_refused;
use crate::storing;

const README: &str = include_str!("../../../../functions/upload-file-stream/README.md");

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The README's section about logs.
fn section() -> &'static str {
    let (_, rest) = README.split_once("\n## Logs\n").expect("the section");
    rest.split_once("\n## ")
        .map_or(rest, |(section, _)| section)
}

/// The README's example.
fn example() -> Value {
    let line = section().lines().find(|line| line.starts_with('{'));
    serde_json::from_str(line.expect("an example")).expect("JSON")
}

/// The fields of the README's table.
fn documented() -> BTreeSet<String> {
    section()
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(field, _)| field.to_owned())
        .collect()
}

fn fields(line: &Value) -> BTreeSet<String> {
    line.as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect()
}

/// What kind of JSON value each field has.
fn shape(line: &Value) -> BTreeMap<String, &'static str> {
    let kind = |value: &Value| match value {
        Value::String(_) => "a string",
        Value::Number(number) if number.is_u64() => "a whole number",
        other => panic!("{other} is in the line {line}"),
    };
    let object = line.as_object().expect("an object");
    object
        .iter()
        .map(|(name, value)| (name.clone(), kind(value)))
        .collect()
}

#[tokio::test]
async fn a_stored_upload_leaves_the_line_that_the_readme_shows() {
    let service = storing(Platform::Http, &[]).await;
    let request = Request::upload("PNG", &sample("rgb.png"))
        .with("x-cff-request-id", "3b0d7c1e-8f0a-4b62-9a53-6d7f2f4c9e10")
        .with("traceparent", TRACEPARENT);
    service.store(&request).await;
    let mut line = upload_line(&service.gateway.stop().await);
    let mut example = example();
    assert_eq!(shape(&line), shape(&example));
    // Not of this upload alone.
    let times = ["timestamp", "receive_ms", "validate_ms", "upstream_ms"];
    for varying in [&times[..], &["target"]].concat() {
        line[varying].take();
        example[varying].take();
    }
    example["decoded_bytes"] = sample("rgb.png").len().into();
    assert_eq!(line, example);
}

/// The line of a photo without its metadata, with the file's checksum.
async fn line_of_stripped() -> Value {
    let settings = [("STRIP_METADATA", "all"), ("LOG_SHA256", "true")];
    let service = storing(Platform::Http, &settings).await;
    let photo = sample("geotagged.jpg");
    service.store(&Request::raw("image/jpeg", &photo)).await;
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
async fn every_field_is_documented_and_every_documented_field_occurs() {
    let unwanted = Request::upload("png", b"GIF89a\x01\0\x01\0\0\0\0;");
    let refused = lines_of_refused(Platform::Lambda, &[unwanted]).await;
    let mut seen = fields(&refused[0]);
    seen.extend(fields(&line_of_stripped().await));
    seen.extend(lines_of_scanned().await.iter().flat_map(fields));
    seen.extend(fields(&example()));
    assert_eq!(seen, documented());
}
