//! Requests to the gateway.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::sample;

/// The documented path.
const PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// Returns the documented JSON of an upload.
pub fn upload_json(file_type: &str, file: &[u8]) -> Value {
    json!({
        "fileType": file_type,
        "fileStream": STANDARD.encode(file),
        "channel": "WEB",
    })
}

/// A request for either platform.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path and query.
    pub path: String,
    /// The headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns an upload with all headers and this body.
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

    /// Returns a request without headers and body.
    pub fn bare(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Returns an upload of a file in the documented JSON.
    pub fn upload(file_type: &str, file: &[u8]) -> Self {
        Self::json(&upload_json(file_type, file))
    }

    /// Returns an upload of a small picture in the documented JSON.
    pub fn png() -> Self {
        Self::upload("png", &sample("rgb.png"))
    }

    /// Returns an upload of the file's raw bytes.
    pub fn raw(media_type: &str, file: &[u8]) -> Self {
        Self::new(file).with("content-type", media_type)
    }

    /// Returns an upload with this JSON body.
    pub fn json(body: &Value) -> Self {
        Self::new(body.to_string())
    }

    /// Sets the method.
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// Sets the path.
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Removes a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    /// Sets a header.
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut request = self.without(name);
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    }

    /// Sets valid credentials for the sandbox.
    pub fn admitted_by(self, sandbox: &Sandbox) -> Self {
        let authorization = format!("Bearer {}", sandbox.issue_access_token());
        self.with("ccmessaging-token", &sandbox.issue_session_token())
            .with("x-app-key", sandbox.app_key())
            .with("authorization", &authorization)
    }

    /// Sets the session token and removes the other credentials, as in an upload from a page.
    pub fn of_a_page(self, session_token: &str) -> Self {
        self.without("x-app-key")
            .without("authorization")
            .with("ccmessaging-token", session_token)
    }
}
