//! Sends one request and reads one response of limited size.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::{Map, Value};
use tokio::sync::Notify;

use crate::body::RequestBody;
use crate::connector::{Connector, WithTimeout};
use crate::headers::{request_id, retry_after, rotated_token};
use crate::unique_object::UniqueObject;
use crate::{CallError, CallErrorKind, ClientConfig, Deadline, InvalidResponse, Peer};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("ccmessaging-client/", env!("CARGO_PKG_VERSION")));

/// The read buffer of a connection, and so the longest head of a response.
const CONNECTION_BUFFER_BYTES: usize = 32 * 1024;

/// The send buffer of a connection. Without a limit the system accepts megabytes in one call, and every
/// other upload of the thread waits meanwhile. A distant upstream is sent this much per round trip: of
/// 50 ms, 40 Mbit/s for each upload.
const SEND_BUFFER_BYTES: usize = 256 * 1024;

/// The most idle connections in a pool.
const MAX_IDLE_CONNECTIONS: usize = 32;

/// How long it keeps them: less than common servers do, some of which close a connection after five
/// seconds. A request on a connection that the server closes at the same moment must be repeated.
const MAX_IDLE_TIME: Duration = Duration::from_secs(4);

/// The largest number of interim responses (1xx, RFC 9110 section 15.2) to one request. Servers that
/// send any send one or two.
const MAX_INFORMATIONAL: usize = 100;

type Connect = WithTimeout<HttpsConnector<Connector>>;

/// A pool of HTTP/1.1 connections, over TLS or not as the URL says.
#[derive(Clone)]
pub(crate) struct Transport {
    connector: Connect,
    client: Client<Connect, Full<RequestBody>>,
}

/// A response whose body may be unusable. Its head is valid all the same, so a session token in it
/// replaces the one that was sent.
pub(crate) struct RawResponse {
    pub(crate) peer: Peer,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The newest session token of all attempts.
    pub(crate) session_token: Option<HeaderValue>,
    pub(crate) attempts: u32,
    /// Whether the last byte of an upload was handed to the socket before this response began.
    pub(crate) is_sent_whole: bool,
    /// An error if the body was incomplete, too long, or late.
    pub(crate) body: Result<Bytes, CallErrorKind>,
}

/// Reserves memory for a response of so many bytes in total; returns `false` if there is not enough.
pub(crate) type Reserve<'a> = &'a (dyn Fn(usize) -> bool + Sync);

/// A call to make. Every call of the API is a POST of JSON, except `poll`, which is a GET.
pub(crate) struct Call<'a> {
    pub(crate) peer: Peer,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: RequestBody,
    pub(crate) max_response_bytes: usize,
    /// Reserves memory for the response, if the caller limits it.
    pub(crate) reserve: Option<Reserve<'a>>,
}

impl RawResponse {
    /// Returns the body, or why it is unusable.
    pub(crate) fn take_body(&mut self) -> Result<Bytes, CallError> {
        let body = std::mem::replace(&mut self.body, Ok(Bytes::new()));
        body.map_err(|kind| self.error(kind))
    }

    /// Returns the body of a response that the API can document by its status: no redirect, which is never
    /// followed, and no status that forbids a body (RFC 9110 sections 15.3.5 and 15.3.6) or is outside of the
    /// defined classes (section 15).
    pub(crate) fn take_documented_body(&mut self) -> Result<Bytes, CallError> {
        let status = self.status;
        if status.is_redirection() {
            return Err(self.unexpected(InvalidResponse::Redirect));
        }
        let has_no_body = matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
        if has_no_body || !(200..600).contains(&status.as_u16()) {
            return Err(self.unexpected(InvalidResponse::Undocumented));
        }
        self.take_body()
    }

    /// Returns the body if it is a JSON object that has no member twice.
    pub(crate) fn take_object(&mut self) -> Result<Map<String, Value>, CallError> {
        let body = self.take_body()?;
        match serde_json::from_slice(&body) {
            Ok(UniqueObject(object)) => Ok(object),
            Err(_) => Err(self.unexpected(InvalidResponse::Undocumented)),
        }
    }

    /// The error of this response being unusable.
    pub(crate) fn unexpected(&self, problem: InvalidResponse) -> CallError {
        self.error(CallErrorKind::UnexpectedResponse {
            status: self.status,
            problem,
            retry_after: retry_after(&self.headers),
        })
    }

    fn error(&self, kind: CallErrorKind) -> CallError {
        let mut error = CallError::new(self.peer, kind);
        error.attempts = self.attempts;
        error.session_token.clone_from(&self.session_token);
        error.request_id = request_id(&self.headers);
        error
    }
}

impl Transport {
    /// Prepares the connection pool; connects to nothing yet.
    pub(crate) fn new(config: &ClientConfig, tls: &rustls::ClientConfig) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_send_buffer_size(Some(SEND_BUFFER_BYTES));
        // Of a host with several addresses, each may take its share of the time.
        connector.set_connect_timeout(Some(config.connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector::new(connector, config.proxy.as_ref()));
        Self::with_connector(WithTimeout::new(connector, config.connect_timeout))
    }

    fn with_connector(connector: Connect) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(MAX_IDLE_TIME)
            .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
            .http1_max_buf_size(CONNECTION_BUFFER_BYTES)
            .build(connector.clone());
        Self { connector, client }
    }

    /// Returns a transport with a separate pool and the same TLS configuration.
    pub(crate) fn with_own_connections(&self) -> Self {
        Self::with_connector(self.connector.clone())
    }

    /// Makes a call and reads its response before the deadline.
    pub(crate) async fn send(
        &self,
        call: Call<'_>,
        deadline: Deadline,
    ) -> Result<RawResponse, CallError> {
        let peer = call.peer;
        let failed = |kind| CallError::new(peer, kind);
        let written = call.body.written();
        let mut request = Request::new(Full::new(call.body));
        *request.uri_mut() = call.uri;
        *request.headers_mut() = call.headers;
        if call.method == Method::POST {
            request.headers_mut().insert(CONTENT_TYPE, JSON);
        }
        *request.method_mut() = call.method;
        request.headers_mut().insert(USER_AGENT, AGENT);
        let too_many = limit_informational(&mut request);
        let response = tokio::select! {
            // First: a final response after too many interim ones must not win by chance.
            biased;
            () = too_many.notified() => return Err(failed(CallErrorKind::TooManyInformational)),
            response = deadline.timeout(self.client.request(request)) => response
                .ok_or_else(|| failed(CallErrorKind::TimedOut))?
                .map_err(|error| CallError::without_response(peer, error))?,
        };
        let is_sent_whole = written.is_none_or(|written| written.is_complete());
        let (head, body) = response.into_parts();
        let mut response = RawResponse {
            peer,
            status: head.status,
            session_token: rotated_token(&head.headers),
            headers: head.headers,
            attempts: 1,
            is_sent_whole,
            body: Err(CallErrorKind::TimedOut),
        };
        let read = read(body, call.max_response_bytes, call.reserve);
        if let Some(read) = deadline.timeout(read).await {
            response.body = read.map_err(|error| match error {
                ReadError::Incomplete(error) => CallErrorKind::IncompleteResponse(Arc::new(error)),
                ReadError::Unusable(problem) => CallErrorKind::UnexpectedResponse {
                    status: response.status,
                    problem,
                    retry_after: retry_after(&response.headers),
                },
            });
        }
        Ok(response)
    }
}

/// Counts the interim responses to a request; notifies when there are too many.
fn limit_informational(request: &mut Request<Full<RequestBody>>) -> Arc<Notify> {
    let too_many = Arc::new(Notify::new());
    let (count, notify) = (AtomicUsize::new(0), Arc::clone(&too_many));
    hyper::ext::on_informational(request, move |_| {
        if count.fetch_add(1, Ordering::Relaxed) >= MAX_INFORMATIONAL {
            notify.notify_one();
        }
    });
    too_many
}

/// Why a response's body was not read to its end.
enum ReadError {
    Incomplete(hyper::Error),
    Unusable(InvalidResponse),
}

/// Reads a body of at most `limit` bytes.
///
/// Memory is reserved before the buffer grows: for the declared length at once, otherwise in steps that
/// double it, so that the reservation covers the buffer's capacity and not only its contents.
async fn read(
    mut body: Incoming,
    limit: usize,
    reserve: Option<Reserve<'_>>,
) -> Result<Bytes, ReadError> {
    let declared = body.size_hint().lower();
    // A response that declares more than the limit may still end early, which is another error.
    let declared = usize::try_from(declared).map_or(limit, |declared| declared.min(limit));
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(ReadError::Incomplete)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let len = read.len() + data.len();
        if len > limit {
            return Err(ReadError::Unusable(InvalidResponse::TooLong));
        }
        if len > read.capacity() {
            let doubled = read.capacity().saturating_mul(2).min(limit);
            let capacity = len.max(declared).max(doubled);
            if reserve.is_some_and(|reserve| !reserve(capacity)) {
                return Err(ReadError::Unusable(InvalidResponse::NoMemory));
            }
            read.reserve_exact(capacity - read.len());
        }
        read.extend_from_slice(&data);
    }
    Ok(read.into())
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}
