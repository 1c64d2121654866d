//! Requests and responses as Lambda events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::{Answer, Request};

/// Converts a request to the event of an HTTP API (payload version 2.0). The body is Base64 unless its
/// media type is text, JSON, XML or JavaScript.
pub fn http_api_event(request: &Request) -> Value {
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    let media_type = headers.get("content-type").and_then(Value::as_str);
    let is_text = media_type.is_some_and(|media_type| {
        media_type.starts_with("text/")
            || ["json", "xml", "javascript"]
                .iter()
                .any(|kind| media_type.contains(kind))
    });
    let text = String::from_utf8(request.body.clone())
        .ok()
        .filter(|_| is_text);
    let is_base64_encoded = text.is_none();
    let body = text.unwrap_or_else(|| STANDARD.encode(&request.body));
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "gateway.example.com",
            "domainPrefix": "gateway",
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": "event-request-id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "body": body,
        "isBase64Encoded": is_base64_encoded,
    })
}

/// Converts the response of a function as a trigger does.
pub(crate) fn answer_of_event(answer: &Value) -> Answer {
    let mut headers = HeaderMap::new();
    for map in ["headers", "multiValueHeaders"] {
        for (name, values) in answer[map].as_object().into_iter().flatten() {
            let values = values
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![values.clone()]);
            for value in values {
                let name: HeaderName = name.parse().expect("a header's name");
                let value = value.as_str().expect("a header's value");
                headers.insert(
                    name,
                    HeaderValue::from_str(value).expect("a header's value"),
                );
            }
        }
    }
    let body = answer["body"].as_str().unwrap_or_default();
    let bytes = if answer["isBase64Encoded"].as_bool().expect("a boolean") {
        STANDARD.decode(body).expect("Base64")
    } else {
        body.as_bytes().to_vec()
    };
    Answer {
        status: u16::try_from(answer["statusCode"].as_u64().expect("a status")).expect("a status"),
        headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
    }
}
