//! The HTTP service: one router, whichever door a request came through.

mod arrival;
mod body;
mod cors;
mod ending;
mod health;
mod lanes;
mod log;
mod metrics;
mod panics;
mod record;
mod streaming;
mod upload;

use std::sync::Arc;

use axum::routing::{any, get};
use axum::{Router, middleware};
use ccmessaging_core::Policy;
use tokio::sync::Semaphore;

pub use arrival::{Arrival, Door, Malformed, X_REQUEST_ID};
pub use health::HEALTH_PATH;
pub use metrics::{METRICS_PATH, metrics_router};

use crate::config::{AllowedOrigins, Config, RequestConfig};
use crate::credentials::{AccessTokens, Credentials, Managed};
use crate::telemetry::Metrics;
use crate::upstream::{TlsError, UPLOAD_PATH, Upstream};
use crate::{Clock, Refusal};

/// All that an upload needs, made once and shared by all requests.
#[derive(Clone, Debug)]
pub struct Gateway {
    upstream: Upstream,
    credentials: Arc<Credentials>,
    policy: Policy,
    request: RequestConfig,
    allowed_origins: AllowedOrigins,
    upstream_timeout: std::time::Duration,
    /// One for each upload in flight.
    slots: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    /// The CloudWatch namespace of the lines that uploads of a Lambda function leave.
    metrics_namespace: Option<String>,
}

impl Gateway {
    /// Prepares the upstream's transport and the credentials; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// The extra certificates of the configuration cannot be read.
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, TlsError> {
        let upstream = Upstream::new(&config.upstream)?;
        let credentials = match &config.managed {
            None => Credentials::PassThrough,
            Some(managed) => {
                let transport = upstream.transport().clone();
                let tokens = AccessTokens::new(managed.clone(), transport, clock);
                Credentials::Managed(Box::new(Managed::new(managed, tokens)))
            }
        };
        Ok(Self {
            upstream,
            credentials: Arc::new(credentials),
            policy: config.policy,
            request: config.request,
            allowed_origins: config.allowed_origins.clone(),
            upstream_timeout: config.upstream.timeout,
            slots: Arc::new(Semaphore::new(config.request.max_uploads_in_flight)),
            metrics: Arc::default(),
            metrics_namespace: config.metrics.namespace.clone(),
        })
    }

    /// This gateway with connections of its own for its uploads, for one more runtime: a connection
    /// belongs to the runtime that opened it. All else is shared, the access token and the
    /// connections to the token service among it.
    #[must_use]
    pub fn with_own_connections(&self) -> Self {
        Self {
            upstream: self.upstream.with_own_connections(),
            ..self.clone()
        }
    }

    /// The credentials that uploads carry.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}

/// The service as an axum router, for a door of this crate or an application of one's own.
///
/// A door tells what it knows of a request in an [`Arrival`] extension; without one, the request
/// counts as come through the plain HTTP server.
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
        .layer(middleware::from_fn(arrival::refuse_malformed))
        .with_state(gateway);
    surround(router, &origins)
}

/// A browser shows an answer to its page only with the CORS headers, and an identifier belongs on
/// every answer: so these two stand around all that refuses, and around what panics.
fn surround(router: Router, origins: &AllowedOrigins) -> Router {
    cors::allow(panics::answer(router), origins).layer(middleware::from_fn(arrival::identify))
}

async fn unknown_path() -> Refusal {
    Refusal::UnknownPath
}
