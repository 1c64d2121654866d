//! Forms, written byte by byte so that tests can also build malformed ones.

use crate::Request;

/// The boundary between the parts.
const BOUNDARY: &str = "----boundary-of-the-test";

/// A `multipart/form-data` body under construction.
#[derive(Clone, Debug, Default)]
pub struct Form {
    parts: Vec<u8>,
}

impl Form {
    /// Returns a form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text part as an input field of a page does.
    pub fn text(self, name: &str, value: &str) -> Self {
        let headers = format!("Content-Disposition: form-data; name=\"{name}\"");
        self.part(&headers, value.as_bytes())
    }

    /// Adds the part `file` as a file chooser of a page does.
    pub fn file(self, file_name: &str, media_type: &str, content: &[u8]) -> Self {
        let headers = format!(
            "Content-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\nContent-Type: {media_type}"
        );
        self.part(&headers, content)
    }

    /// Adds a part with these headers.
    pub fn part(mut self, headers: &str, content: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\n{headers}\r\n\r\n");
        self.parts.extend_from_slice(head.as_bytes());
        self.parts.extend_from_slice(content);
        self.parts.extend_from_slice(b"\r\n");
        self
    }

    /// Returns the body with the final boundary.
    pub fn body(&self) -> Vec<u8> {
        let end = format!("--{BOUNDARY}--\r\n");
        [&self.parts, end.as_bytes()].concat()
    }

    /// Returns an upload with this form as its body.
    pub fn request(&self) -> Request {
        Self::request_of(&self.body())
    }

    /// Returns an upload with a form's media type and any body.
    pub fn request_of(body: &[u8]) -> Request {
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        Request::new(body).with("content-type", &media_type)
    }
}
