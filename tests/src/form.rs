//! Forms, written out byte by byte so that a test can also spoil them.

use crate::Request;

/// The boundary between the parts.
const BOUNDARY: &str = "----boundary-of-the-test";

/// A `multipart/form-data` body under construction.
#[derive(Clone, Debug, Default)]
pub struct Form {
    parts: Vec<u8>,
}

impl Form {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a text part, as a page's input field makes it.
    pub fn text(self, name: &str, value: &str) -> Self {
        let headers = format!("Content-Disposition: form-data; name=\"{name}\"");
        self.part(&headers, value.as_bytes())
    }

    /// With the part `file`, as a page's file chooser makes it.
    pub fn file(self, file_name: &str, media_type: &str, content: &[u8]) -> Self {
        let headers = format!(
            "Content-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\nContent-Type: {media_type}"
        );
        self.part(&headers, content)
    }

    /// With a part of these headers.
    pub fn part(mut self, headers: &str, content: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\n{headers}\r\n\r\n");
        self.parts.extend_from_slice(head.as_bytes());
        self.parts.extend_from_slice(content);
        self.parts.extend_from_slice(b"\r\n");
        self
    }

    /// The body, ended by the boundary.
    pub fn body(&self) -> Vec<u8> {
        let end = format!("--{BOUNDARY}--\r\n");
        [&self.parts, end.as_bytes()].concat()
    }

    /// An upload with this body.
    pub fn request(&self) -> Request {
        Self::request_of(&self.body())
    }

    /// An upload with a body that may not be a form, under a form's media type.
    pub fn request_of(body: &[u8]) -> Request {
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        Request::new(body).with("content-type", &media_type)
    }
}
