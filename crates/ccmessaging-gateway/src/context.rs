//! What the platform tells of a request besides the request itself.

use std::fmt;
use std::time::Duration;

use ccmessaging_client::Deadline;
use http::{HeaderMap, HeaderName};
use uuid::Uuid;

/// FunctionGraph's identifier of an invocation.
const X_CFF_REQUEST_ID: HeaderName = HeaderName::from_static("x-cff-request-id");

/// FunctionGraph's timeout of the function. Its documentation gives no unit; the function's own
/// setting is in seconds. A larger unit would only make the deadline later than the configured one,
/// which then applies.
const X_CFF_TIMEOUT: HeaderName = HeaderName::from_static("x-cff-timeout");

/// The longest identifier that is taken over; UUIDs have 36 characters.
const LONGEST_ID: usize = 64;

/// Where a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What is known of a request besides the request itself: a request extension.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// Where it came from.
    pub platform: Platform,
    /// Its identifier: visible ASCII.
    pub request_id: String,
    /// When the platform gives it up, if it says so.
    pub deadline: Option<Deadline>,
}

/// Marks a request that cannot be understood, as a request extension: it is refused whatever else it
/// says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The trigger's event marks a body as Base64 that is not.
    Event,
    /// HTTP/1.1 without `Host`, with several, or with one that is no host (RFC 9112 section 3.2).
    Host,
    /// A transfer coding other than a single `chunked` (RFC 9112 section 6.1).
    TransferCoding,
    /// Far more headers than any client needs.
    Headers,
    /// A path that is far too long.
    Path,
}

impl RequestContext {
    /// A request with the platform's identifier; without a usable one it gets a new one.
    #[must_use]
    pub fn new(platform: Platform, request_id: Option<&str>, deadline: Option<Deadline>) -> Self {
        let request_id = request_id
            .filter(|id| (1..=LONGEST_ID).contains(&id.len()))
            .filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()))
            .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
        Self {
            platform,
            request_id,
            deadline,
        }
    }

    /// A request of the HTTP server, which may be FunctionGraph's.
    pub(crate) fn over_http(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match text(X_CFF_REQUEST_ID) {
            None => Self::new(Platform::Http, None, None),
            id => {
                let deadline = text(X_CFF_TIMEOUT)
                    .and_then(|seconds| seconds.trim().parse::<u32>().ok())
                    .filter(|&seconds| seconds > 0)
                    .map(|seconds| Deadline::before_cut_off(Duration::from_secs(seconds.into())));
                Self::new(Platform::FunctionGraph, id, deadline)
            }
        }
    }
}
