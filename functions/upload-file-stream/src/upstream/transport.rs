//! Sends one request, reads one bounded answer.

use std::fmt;

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

use super::body::CallBody;
use super::interim::InterimAnswers;
use super::segments::Segments;
use super::tls::{TlsError, client_config};
use super::{AnswerProblem, UpstreamError};
use crate::Deadline;
use crate::config::UpstreamConfig;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("upload-file-stream/", env!("CARGO_PKG_VERSION")));

/// The longest resource that [`Transport::get`] reads. AWS secrets have at most 64 KiB.
const SMALL_RESOURCE_BYTES: usize = 128 * 1024;

/// What a connection reads at once, and so the longest head of an answer. Also the share of a flood
/// that is worked off before anything else has its turn, which is why it is no larger; and what of a
/// file that is still arriving is queued, before the upstream has to take some of it.
const CONNECTION_BUFFER_BYTES: usize = 32 * 1024;

/// How many connections of a pool are kept for later. There is one for each processor.
const MAX_IDLE_CONNECTIONS: usize = 32;

/// A pool of HTTP/1.1 connections, over TLS or not as the URL says.
#[derive(Clone)]
pub struct Transport {
    connector: HttpsConnector<HttpConnector>,
    client: Client<HttpsConnector<HttpConnector>, CallBody>,
}

/// An answer before it is judged. Its head stands even where its body cannot be used: a session
/// token that it carries is valid all the same.
pub struct RawAnswer {
    /// Its status.
    pub status: StatusCode,
    /// All its headers.
    pub headers: HeaderMap,
    /// Its whole body; an error where it broke off, was too long, or did not end in time.
    pub body: Result<Bytes, UpstreamError>,
}

/// A call about to be made; every call of the API is a POST of JSON.
pub(crate) struct Call {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: CallBody,
    /// The longest answer that is read.
    pub(crate) max_answer_bytes: usize,
}

impl Transport {
    /// Prepares TLS and the connection pool; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// The extra certificates cannot be read.
    pub fn new(config: &UpstreamConfig) -> Result<Self, TlsError> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(config.connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(client_config(config.ca_file.as_deref())?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Ok(Self::with_connector(connector))
    }

    fn with_connector(connector: HttpsConnector<HttpConnector>) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
                .http1_max_buf_size(CONNECTION_BUFFER_BYTES)
                .build(connector.clone()),
            connector,
        }
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
    ) -> Result<RawAnswer, UpstreamError> {
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
    /// No answer.
    pub(crate) async fn get(
        &self,
        uri: Uri,
        headers: HeaderMap,
        deadline: Deadline,
    ) -> Result<RawAnswer, UpstreamError> {
        let mut request = Request::new(Segments::default().into());
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        self.exchange(request, SMALL_RESOURCE_BYTES, deadline).await
    }

    async fn exchange(
        &self,
        mut request: Request<CallBody>,
        max_answer_bytes: usize,
        deadline: Deadline,
    ) -> Result<RawAnswer, UpstreamError> {
        request.headers_mut().insert(USER_AGENT, AGENT);
        let interim = InterimAnswers::to(&mut request);
        let response = tokio::select! {
            response = deadline.limit(self.client.request(request)) => response
                .ok_or(UpstreamError::TimedOut)?
                .map_err(UpstreamError::without_answer)?,
            () = interim.are_too_many() => return Err(UpstreamError::OnlyInterim),
        };
        let (head, body) = response.into_parts();
        let body = deadline
            .limit(read(body, head.status, max_answer_bytes))
            .await
            .unwrap_or(Err(UpstreamError::TimedOut));
        Ok(RawAnswer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

/// Reads a body up to a limit, whatever its headers say of its length.
async fn read(
    mut body: Incoming,
    status: StatusCode,
    limit: usize,
) -> Result<Bytes, UpstreamError> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(UpstreamError::AnswerBrokenOff)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if read.len() + data.len() > limit {
            return Err(UpstreamError::Undocumented {
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

impl fmt::Debug for RawAnswer {
    /// Prints the status only: headers and body may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
