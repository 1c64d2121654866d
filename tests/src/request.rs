//! Requests to the gateway.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

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

    /// A request without headers and body, which is no upload.
    #[must_use]
    pub fn bare(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
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
