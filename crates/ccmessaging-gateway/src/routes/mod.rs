//! The HTTP service: one router, whatever platform a request comes from.

mod health;
mod middleware;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};
use ccmessaging_client::{Client, Clock, TlsError, UPLOAD_PATH};
use ccmessaging_core::Policy;

pub use health::{HEALTH_PATH, METRICS_PATH, metrics_router};
pub use middleware::{X_METADATA_REMOVED, X_REQUEST_ID};

use crate::admission::Admission;
use crate::config::{AllowedOrigins, Config, ConfigError, RequestConfig};
use crate::credentials::GatewayCredentials;
use crate::rejection::Rejection;
use crate::scan::Scanner;
use crate::telemetry::Telemetry;

/// All that an upload needs, made once and shared by all requests.
#[derive(Clone, Debug)]
pub struct Gateway {
    client: Client,
    credentials: GatewayCredentials,
    policy: Policy,
    scanner: Option<Arc<Scanner>>,
    request: RequestConfig,
    allowed_origins: AllowedOrigins,
    upstream_timeout: Duration,
    admission: Arc<Admission>,
    telemetry: Arc<Telemetry>,
}

/// Why there is no gateway for a configuration.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The extra certificates cannot be read.
    #[error("UPSTREAM_CA_FILE cannot be used: {0}")]
    Certificates(#[from] TlsError),
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Gateway {
    /// Prepares the client and the credentials; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// The extra certificates of the configuration cannot be read.
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, GatewayError> {
        let client = Client::new(&config.client)?;
        let scanner = config.scan.as_ref();
        let scanner = scanner.map(|config| Arc::new(Scanner::new(config, Arc::clone(&clock))));
        let credentials = GatewayCredentials::new(config.managed.as_ref(), &client, clock)?;
        let tokens = credentials.tokens().cloned();
        let namespace = config.metrics.namespace.clone();
        let telemetry = Telemetry::new(namespace, config.log.file_sha256, tokens);
        Ok(Self {
            client,
            credentials,
            policy: config.policy,
            scanner,
            request: config.request,
            allowed_origins: config.allowed_origins.clone(),
            upstream_timeout: config.upstream_timeout,
            admission: Arc::new(Admission::new(
                config.request.max_body_memory_bytes,
                config.request.max_uploads_in_flight,
            )),
            telemetry: Arc::new(telemetry),
        })
    }

    /// This gateway with upstream connections of its own, for one more runtime. All else is shared.
    #[must_use]
    pub fn with_own_connections(&self) -> Self {
        Self {
            client: self.client.with_own_connections(),
            ..self.clone()
        }
    }

    /// Refuses the upload whose body is furthest behind an ordinary pace, for a server that has no room
    /// for another connection. `false` if none is behind.
    #[must_use]
    pub fn end_slowest(&self) -> bool {
        self.admission.end_slowest()
    }

    /// The credentials that uploads carry.
    #[must_use]
    pub fn credentials(&self) -> &GatewayCredentials {
        &self.credentials
    }
}

/// The service as an axum router, for a server of this crate or an application of one's own.
///
/// What is known of a request besides itself is told in a [`RequestContext`](crate::RequestContext)
/// extension; without one, the request counts as come through the plain HTTP server.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let origins = gateway.allowed_origins.clone();
    let router = Router::new()
        .route(UPLOAD_PATH, any(upload::handle))
        .route(&format!("{UPLOAD_PATH}/"), any(upload::handle))
        .route(
            HEALTH_PATH,
            get(health::handle).fallback(health::other_method),
        )
        .fallback(unknown_path)
        .with_state(gateway);
    middleware::surround(router, &origins)
}

async fn unknown_path() -> Rejection {
    Rejection::UnknownPath
}
