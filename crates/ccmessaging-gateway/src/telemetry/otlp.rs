//! Exports spans over OTLP (HTTP, protobuf), as the variables `OTEL_EXPORTER_OTLP_ENDPOINT` and its
//! siblings of the OpenTelemetry specification say.
//!
//! The SDK queues finished spans, drops those that do not fit, and sends them from a separate thread, so
//! a collector that does not respond delays no request.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_http::{HeaderExtractor, HeaderInjector, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::{Builder, Runtime};
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::trace_context::TraceContext;

/// The default of `OTEL_SERVICE_NAME`.
const SERVICE: &str = "upload-file-stream";

/// The default of `OTEL_EXPORTER_OTLP_TIMEOUT`.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long the end of the program waits for the last spans.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The longest response of a collector that is read.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// Sends the last spans when dropped, for one second at most.
#[derive(Debug)]
pub(super) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Starts the exporter if an endpoint is set.
    pub(super) fn start() -> Result<Option<Self>, HttpError> {
        let of_traces = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        let is_disabled = variable("OTEL_SDK_DISABLED").is_some_and(|value| value == "true");
        if is_disabled
            || of_traces
                .or(variable("OTEL_EXPORTER_OTLP_ENDPOINT"))
                .is_none()
        {
            return Ok(None);
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Connections::new()?)
            .with_protocol(Protocol::HttpBinary)
            .build()?;
        let mut resource = Resource::builder();
        if variable("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(SERVICE);
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Some(Self(provider)))
    }

    /// Returns the layer that passes the spans of requests to the exporter.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(SERVICE))
            .with_filter(Targets::new().with_target("request_spans", LevelFilter::INFO))
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "the last spans were not exported");
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The connections to the collector.
#[derive(Debug)]
struct Connections {
    runtime: Runtime,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
}

impl Connections {
    fn new() -> Result<Self, HttpError> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls_config()?)
            .https_or_http()
            .enable_http1()
            .build();
        // Nothing would notice that the collector closes an idle connection.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let timeout = variable("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")
            .or_else(|| variable("OTEL_EXPORTER_OTLP_TIMEOUT"))
            .and_then(|milliseconds| milliseconds.parse().ok())
            .map_or(TIMEOUT, Duration::from_millis);
        Ok(Self {
            runtime,
            client,
            timeout,
        })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let response = self.client.request(request.map(Full::new)).await?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_RESPONSE_BYTES).collect().await?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

/// Trusts the public roots, and the certificates of `OTEL_EXPORTER_OTLP_CERTIFICATE`.
fn tls_config() -> Result<ClientConfig, HttpError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let file = variable("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE")
        .or_else(|| variable("OTEL_EXPORTER_OTLP_CERTIFICATE"));
    if let Some(file) = file {
        for certificate in CertificateDer::pem_file_iter(file)? {
            roots.add(certificate?)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

#[async_trait]
impl HttpClient for Connections {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        // Blocks the thread of the SDK, which has no Tokio runtime and nothing else to do.
        self.runtime
            .block_on(async { tokio::time::timeout(self.timeout, self.send(request)).await })?
    }
}

/// Continues the caller's trace in a span.
pub(super) fn set_parent(span: &Span, trace: Option<&TraceContext>) {
    if let Some(trace) = trace {
        let headers: HeaderMap = trace.headers().collect();
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(&headers));
        // Fails for a disabled span, which nothing exports.
        let _ = span.set_parent(parent);
    }
}

/// Returns the identifier of a span's trace, if the span is exported.
pub(super) fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// Returns the headers by which the upstream continues a span's trace, if the span is exported.
pub(super) fn headers(span: &Span) -> Option<HeaderMap> {
    let context = span.context();
    let mut headers = HeaderMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut HeaderInjector(&mut headers));
    // An empty `tracestate` says nothing.
    if headers.get("tracestate").is_some_and(HeaderValue::is_empty) {
        headers.remove("tracestate");
    }
    (!headers.is_empty()).then_some(headers)
}
