//! Requests to the gateway, and how they look as a Lambda event.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The documented path.
const PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// A request to be sent through either door.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub path: String,
    /// Its headers, in order.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// A complete upload, with all headers, of this body.
    #[must_use]
    pub fn new(body: impl Into<Vec<u8>>) -> Self {
        let header = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            method: "POST".to_owned(),
            path: PATH.to_owned(),
            headers: [
                ("content-type", "application/json"),
                ("ccmessaging-token", "session-token-of-the-test"),
                ("x-app-key", "app-key-of-the-test"),
                ("authorization", "Bearer access-token-of-the-test"),
            ]
            .map(header)
            .to_vec(),
            body: body.into(),
        }
    }

    /// A complete upload of a file in the documented JSON.
    #[must_use]
    pub fn upload(file_type: &str, file: &[u8]) -> Self {
        Self::json(&json!({
            "fileType": file_type,
            "fileStream": STANDARD.encode(file),
            "channel": "WEB",
        }))
    }

    /// A complete upload of a file's own bytes.
    #[must_use]
    pub fn raw(media_type: &str, file: &[u8]) -> Self {
        Self::new(file).with("content-type", media_type)
    }

    /// A complete upload with this JSON body.
    #[must_use]
    pub fn json(body: &Value) -> Self {
        Self::new(body.to_string())
    }

    /// The same with another method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// The same with another path.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// The same without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    /// The same with a header of another value.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut request = self.without(name);
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    }
}

/// The event that an HTTP API (payload version 2.0) makes of a request. Its body is Base64 unless
/// its media type is text, JSON, XML or JavaScript.
#[must_use]
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
