//! Requests to the gateway.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::sample;

/// The documented path.
const PATH: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// The documented JSON of an upload.
pub fn upload_json(file_type: &str, file: &[u8]) -> Value {
    json!({
        "fileType": file_type,
        "fileStream": STANDARD.encode(file),
        "channel": "WEB",
    })
}

/// A request that can be sent on either platform.
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
    pub fn bare(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A complete upload of a file in the documented JSON.
    pub fn upload(file_type: &str, file: &[u8]) -> Self {
        Self::json(&upload_json(file_type, file))
    }

    /// A complete upload of a small picture in the documented JSON.
    pub fn png() -> Self {
        Self::upload("png", &sample("rgb.png"))
    }

    /// A complete upload of a file's own bytes.
    pub fn raw(media_type: &str, file: &[u8]) -> Self {
        Self::new(file).with("content-type", media_type)
    }

    /// A complete upload with this JSON body.
    pub fn json(body: &Value) -> Self {
        Self::new(body.to_string())
    }

    /// The same with another method.
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// The same with another path.
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// The same without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    /// The same with a header of another value.
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut request = self.without(name);
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    }

    /// The same with all credentials, which the sandbox accepts.
    pub fn admitted_by(self, sandbox: &Sandbox) -> Self {
        let authorization = format!("Bearer {}", sandbox.issue_access_token());
        self.with("ccmessaging-token", &sandbox.issue_session_token())
            .with("x-app-key", sandbox.app_key())
            .with("authorization", &authorization)
    }

    /// The same with a session token and no other credential, as a page's upload.
    pub fn of_a_page(self, session_token: &str) -> Self {
        self.without("x-app-key")
            .without("authorization")
            .with("ccmessaging-token", session_token)
    }
}
