//! Limits for the parts of an event other than its body.
//!
//! `lambda_http` converts them to an `http::HeaderMap` and an `http::Uri`, which panic at 24,576 names
//! and at 65,534 bytes. No trigger sends that much, but anyone who may invoke the function can. So an
//! event over these limits is rejected before the conversion.

use bytes::Bytes;
use serde_json::{Deserializer, Value, json};

use ccmessaging_gateway::Malformed;

/// Without its body, an event has a few KiB. An event of at most this size is within the limits below
/// and is not parsed.
const SMALL_BYTES: usize = 16 * 1024;

/// The total size of the headers in HTTP/1.1. An ALB accepts this much, the other triggers less.
const MAX_HEADERS_BYTES: usize = 64 * 1024;

/// The size of the path and the stage before it. Escaped for a URL, each byte may become three.
const MAX_PATH_BYTES: usize = 16 * 1024;

/// `": "` and the end of the line.
const BYTES_BESIDES: usize = 4;

const HEADERS: [&str; 2] = ["headers", "multiValueHeaders"];
const PATHS: [&str; 2] = ["path", "rawPath"];
const STAGE: &str = "/requestContext/stage";

/// Returns the event without the parts that exceed their limit, and which limit was exceeded.
///
/// A large event is serialized again so that no member occurs twice. Otherwise one that exceeds the
/// limit could be hidden by a smaller one.
pub(super) fn within_limits(event: Bytes) -> (Bytes, Option<Malformed>) {
    if event.len() <= SMALL_BYTES {
        return (event, None);
    }
    // The runtime ignores everything after the event as well.
    let values = Deserializer::from_slice(&event).into_iter::<Value>();
    let Some(Ok(mut event)) = { values }.next() else {
        // Invalid JSON, which `lambda_runtime` reports.
        return (Bytes::from_static(b"null"), None);
    };
    let mut malformed = None;
    if path_bytes(&event) > MAX_PATH_BYTES {
        replace(&mut event, &PATHS, &json!("/"));
        if let Some(stage) = event.pointer_mut(STAGE) {
            *stage = json!("$default");
        }
        malformed = Some(Malformed::Path);
    }
    if HEADERS
        .map(|name| headers_bytes(&event[name]))
        .iter()
        .sum::<usize>()
        > MAX_HEADERS_BYTES
    {
        replace(&mut event, &HEADERS, &json!({}));
        malformed = Some(Malformed::Headers);
    }
    (Bytes::from(event.to_string()), malformed)
}

fn path_bytes(event: &Value) -> usize {
    let bytes = |value: &Value| value.as_str().map_or(0, str::len);
    let path = PATHS.map(|name| bytes(&event[name])).into_iter().max();
    path.unwrap_or(0) + event.pointer(STAGE).map_or(0, bytes)
}

fn headers_bytes(headers: &Value) -> usize {
    let line =
        |name: &str, value: &Value| name.len() + BYTES_BESIDES + value.as_str().map_or(0, str::len);
    let headers = headers.as_object().into_iter().flatten();
    let bytes = headers.map(|(name, value)| match value {
        Value::Array(values) => values.iter().map(|value| line(name, value)).sum(),
        value => line(name, value),
    });
    bytes.sum()
}

fn replace(event: &mut Value, names: &[&str], value: &Value) {
    for name in names {
        if let Some(member) = event.get_mut(name) {
            *member = value.clone();
        }
    }
}
