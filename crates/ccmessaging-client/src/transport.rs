//! Sends one request, reads one bounded answer.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::{Map, Value};
use tokio::sync::Notify;

use crate::body::RequestBody;
use crate::headers::rotated_token;
use crate::tls::client_config;
use crate::{AnswerProblem, CallError, ClientConfig, Deadline, TlsError};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("ccmessaging-client/", env!("CARGO_PKG_VERSION")));

/// The longest resource that is got from another service. AWS secrets have at most 64 KiB.
const MAX_RESOURCE_BYTES: usize = 128 * 1024;

/// What a connection reads at once, and so the longest head of an answer.
const CONNECTION_BUFFER_BYTES: usize = 32 * 1024;

/// How much of a body the system takes before the upstream has confirmed it. Without a limit it takes
/// megabytes in one call, and every other upload of the thread waits meanwhile. A distant upstream gets
/// this much in a round trip: of 50 ms, 40 Mbit/s for each upload.
const SEND_BUFFER_BYTES: usize = 256 * 1024;

/// How many idle connections a pool keeps.
const MAX_IDLE_CONNECTIONS: usize = 32;

/// How long it keeps them: less than common servers do, of which some close a connection after five
/// seconds. A request on a connection that the server closes at the same moment has to be repeated.
const LONGEST_IDLE: Duration = Duration::from_secs(4);

/// The most interim answers (1xx, RFC 9110 section 15.2) to one request. Servers that send any send
/// one or two.
const MAX_INTERIM_ANSWERS: usize = 100;

/// A pool of HTTP/1.1 connections, over TLS or not as the URL says.
#[derive(Clone)]
pub(crate) struct Transport {
    connector: HttpsConnector<HttpConnector>,
    client: Client<HttpsConnector<HttpConnector>, RequestBody>,
}

/// An answer as it came. Its head stands even where its body cannot be used: a session token that
/// it carries is valid all the same.
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The session token that takes the place of the one that was sent.
    pub(crate) session_token: Option<HeaderValue>,
    /// Whether the last byte of an upload was handed to the socket before this answer began.
    pub(crate) is_sent_whole: bool,
    /// An error where the body broke off, was too long, or did not end in time.
    pub(crate) body: Result<Bytes, CallError>,
}

/// A resource that was got from another service. `Debug` prints its status only.
pub struct Resource {
    /// Its status.
    pub status: StatusCode,
    /// Its whole body.
    pub body: Bytes,
}

/// A call about to be made; every call of the API is a POST of JSON.
pub(crate) struct Call {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: RequestBody,
    /// The longest answer that is read.
    pub(crate) max_answer_bytes: usize,
}

impl Transport {
    /// Prepares TLS and the connection pool; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// The extra certificates cannot be read.
    pub(crate) fn new(config: &ClientConfig) -> Result<Self, TlsError> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_send_buffer_size(Some(SEND_BUFFER_BYTES));
        connector.set_connect_timeout(Some(config.connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(client_config(config.ca_file.as_deref())?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Ok(Self::with_connector(connector))
    }

    fn with_connector(connector: HttpsConnector<HttpConnector>) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(LONGEST_IDLE)
            .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
            .http1_max_buf_size(CONNECTION_BUFFER_BYTES)
            .build(connector.clone());
        Self { connector, client }
    }

    /// A pool of its own, of connections like those of this one.
    pub(crate) fn with_own_connections(&self) -> Self {
        Self::with_connector(self.connector.clone())
    }

    /// Makes the call and reads the answer, all before the deadline.
    ///
    /// # Errors
    ///
    /// No answer.
    pub(crate) async fn send(
        &self,
        call: Call,
        deadline: Deadline,
    ) -> Result<RawResponse, CallError> {
        let mut request = Request::new(call.body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = call.uri;
        *request.headers_mut() = call.headers;
        request.headers_mut().insert(CONTENT_TYPE, JSON);
        self.exchange(request, call.max_answer_bytes, deadline)
            .await
    }

    /// Reads a small resource, all before the deadline.
    ///
    /// # Errors
    ///
    /// No whole answer.
    pub(crate) async fn get(
        &self,
        uri: Uri,
        headers: HeaderMap,
        deadline: Deadline,
    ) -> Result<Resource, CallError> {
        let mut request = Request::new(RequestBody::empty());
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let raw = self.exchange(request, MAX_RESOURCE_BYTES, deadline).await?;
        Ok(Resource {
            status: raw.status,
            body: raw.body?,
        })
    }

    async fn exchange(
        &self,
        mut request: Request<RequestBody>,
        max_answer_bytes: usize,
        deadline: Deadline,
    ) -> Result<RawResponse, CallError> {
        request.headers_mut().insert(USER_AGENT, AGENT);
        let written = request.body().written();
        let too_many_interim = limit_interim_answers(&mut request);
        let response = tokio::select! {
            response = deadline.limit(self.client.request(request)) => response
                .ok_or(CallError::TimedOut)?
                .map_err(CallError::without_answer)?,
            () = too_many_interim.notified() => return Err(CallError::OnlyInterim),
        };
        let is_sent_whole = written.is_none_or(|written| written.is_complete());
        let (head, body) = response.into_parts();
        let body = deadline
            .limit(read(body, head.status, max_answer_bytes))
            .await
            .unwrap_or(Err(CallError::TimedOut));
        Ok(RawResponse {
            status: head.status,
            session_token: rotated_token(&head.headers),
            headers: head.headers,
            is_sent_whole,
            body,
        })
    }
}

/// Counts the interim answers to a request; notifies when there are too many.
fn limit_interim_answers(request: &mut Request<RequestBody>) -> Arc<Notify> {
    let too_many = Arc::new(Notify::new());
    let (count, notify) = (AtomicUsize::new(0), Arc::clone(&too_many));
    hyper::ext::on_informational(request, move |_| {
        if count.fetch_add(1, Ordering::Relaxed) >= MAX_INTERIM_ANSWERS {
            notify.notify_one();
        }
    });
    too_many
}

/// Reads a body up to a limit, whatever its headers say of its length.
async fn read(mut body: Incoming, status: StatusCode, limit: usize) -> Result<Bytes, CallError> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| CallError::AnswerBrokenOff(error.into()))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if read.len() + data.len() > limit {
            return Err(CallError::Undocumented {
                status,
                problem: AnswerProblem::TooLong,
            });
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}

/// The JSON object that an answer is, if it is one.
pub(crate) fn parse_object(body: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

impl fmt::Debug for Resource {
    /// Prints the status only: the body may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
