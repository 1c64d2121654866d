//! Metadata of a request that the platform provides.

use std::fmt;
use std::time::Duration;

use ccmessaging_client::Deadline;
use http::{HeaderMap, HeaderName};
use uuid::Uuid;

/// The request identifier, in every response and every log line.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// FunctionGraph's invocation ID.
const X_CFF_REQUEST_ID: HeaderName = HeaderName::from_static("x-cff-request-id");

/// FunctionGraph's timeout of the function. Its documentation states no unit; the function's own
/// setting is in seconds. If the unit were larger, the deadline would be too late and the configured
/// timeouts would apply.
const X_CFF_TIMEOUT: HeaderName = HeaderName::from_static("x-cff-timeout");

/// The longest platform ID that is used; UUIDs have 36 characters.
const MAX_ID_BYTES: usize = 64;

/// The platform that a request was received from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Platform {
    /// The HTTP server.
    Http,
    /// The HTTP server, called by FunctionGraph.
    FunctionGraph,
    /// The AWS Lambda runtime.
    Lambda,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::FunctionGraph => "functiongraph",
            Self::Lambda => "lambda",
        })
    }
}

/// Metadata of a request, inserted as a request extension.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestContext {
    /// The platform that it was received from.
    pub platform: Platform,
    /// Its ID in visible ASCII.
    pub request_id: String,
    /// When the platform ends the request, if it reports that.
    pub deadline: Option<Deadline>,
}

/// Why a request is rejected whatever else it contains. The server or the Lambda adapter inserts it as
/// a request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The event has `isBase64Encoded`, but its body is not valid Base64.
    #[error(
        "isBase64Encoded is true, but the body is not valid Base64; whoever builds the event must encode the body, or set isBase64Encoded to false"
    )]
    Event,
    /// The body is not text, but the event contains it as text, in which bytes were replaced.
    #[error(
        "the API decoded the body as text, which damaged the file; the API's operator must add the body's media type to the API's binary media types"
    )]
    DecodedBody,
    /// The body is declared as text, and bytes of it were replaced when it was decoded as UTF-8.
    #[error(
        "the client or the API decoded the body as UTF-8, which damaged the file; send its own bytes, or Base64 as fileStream in JSON; the API's operator can add the body's media type to the API's binary media types"
    )]
    DecodedText,
    /// HTTP/1.1 without `Host`, with several, or with an invalid one (RFC 9112 section 3.2).
    #[error("the request must have exactly one Host header; send it as HTTP/1.1 requires")]
    Host,
    /// A transfer coding other than a single `chunked` (RFC 9112 section 6.1).
    #[error(
        "unsupported Transfer-Encoding; send the body with chunked alone, or with a Content-Length"
    )]
    TransferCoding,
    /// There are too many headers, or they are too long.
    #[error(
        "the request has too many headers, or they are too long; send only the documented ones"
    )]
    Headers,
    /// The path is too long.
    #[error(
        "the path is too long; send the upload to a path that ends in /apiaccess/ccmessaging/uploadFileStream"
    )]
    Path,
}

/// Whether an identifier may be logged.
fn is_usable_id(id: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns the caller's own identifier of a request. It is only logged: a caller must not choose the
/// identifier of the response and of support requests.
pub(crate) fn caller_request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    is_usable_id(id).then(|| id.to_owned())
}

impl RequestContext {
    /// Creates the context with the platform's ID, or a new UUID if that is unusable.
    #[must_use]
    pub fn new(platform: Platform, request_id: Option<&str>, deadline: Option<Deadline>) -> Self {
        let request_id = request_id
            .filter(|id| is_usable_id(id))
            .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
        Self {
            platform,
            request_id,
            deadline,
        }
    }

    /// Creates the context of a request to the HTTP server, which FunctionGraph may have sent.
    pub(crate) fn over_http(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match text(X_CFF_REQUEST_ID) {
            None => Self::new(Platform::Http, None, None),
            id => {
                let deadline = text(X_CFF_TIMEOUT)
                    .and_then(|seconds| seconds.trim().parse::<u32>().ok())
                    .filter(|&seconds| seconds > 0)
                    .map(|seconds| Deadline::with_reserve(Duration::from_secs(seconds.into())));
                Self::new(Platform::FunctionGraph, id, deadline)
            }
        }
    }
}
