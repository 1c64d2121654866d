//! From the service's answer to `lambda_http`'s.

use std::pin::Pin;

use axum::response::Response;
use http_body_util::BodyExt as _;
use lambda_http::{Body, IntoResponse};

/// An answer of the service.
///
/// `lambda_http` takes an [`axum::response::Response`] itself, and decodes a text in whatever
/// character set its `Content-Type` names: that takes the tables of all of them into the program,
/// 150 KB of its zip. The service's answers are JSON in UTF-8.
#[derive(Debug)]
pub(super) struct Answer(Response);

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self(response)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = http::Response<Body>> + Send>> {
        Box::pin(async move {
            let (head, body) = self.0.into_parts();
            // It is in memory, so reading it does not fail.
            let body = body.collect().await.unwrap_or_default().to_bytes();
            http::Response::from_parts(head, text(body.into()))
        })
    }
}

/// The body as text, or as Base64 if it is none.
fn text(body: Vec<u8>) -> Body {
    if body.is_empty() {
        return Body::Empty;
    }
    String::from_utf8(body).map_or_else(|error| Body::Binary(error.into_bytes()), Body::Text)
}
