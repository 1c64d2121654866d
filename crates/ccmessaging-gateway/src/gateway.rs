//! The service: what all requests share, created from a configuration.

use std::sync::Arc;

use ccmessaging_client::{Client, TlsError};

use crate::admission::Admission;
use crate::chat::Chat;
use crate::config::{AllowedOrigins, Config, ConfigError};
use crate::credentials::GatewayCredentials;
use crate::scan::Scanner;
use crate::services::Services;
use crate::telemetry::Telemetry;

/// The service: what uploads and the chat's calls need, created once and shared by all requests.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub(crate) services: Services,
    pub(crate) chat: Option<Arc<Chat>>,
    pub(crate) allowed_origins: AllowedOrigins,
}

/// Why a gateway cannot be built from a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    pub fn new(config: &Config) -> Result<Self, GatewayError> {
        let client = Client::new(&config.client)?;
        let scanner = config.scan.as_ref();
        let scanner = scanner.map(|config| Arc::new(Scanner::new(config)));
        let credentials = GatewayCredentials::new(config.managed.as_ref(), &client)?;
        let chat = config.chat.as_ref().map(Chat::new).transpose()?;
        let tokens = credentials.tokens().cloned();
        let telemetry = Telemetry::new(&config.log, &config.metrics, tokens);
        let services = Services {
            client,
            credentials,
            policy: config.policy,
            scanner,
            request: config.request,
            upstream_timeout: config.upstream_timeout,
            admission: Arc::new(Admission::new(
                config.request.max_body_memory_bytes,
                config.request.max_uploads_in_flight,
            )),
            telemetry: Arc::new(telemetry),
        };
        Ok(Self {
            services,
            chat: chat.map(Arc::new),
            allowed_origins: config.allowed_origins.clone(),
        })
    }

    /// Returns the same gateway with a separate pool of upstream connections, for one more thread of a
    /// server. All else is shared.
    ///
    /// A connection belongs to the thread that opened it. With one pool for all threads, small uploads
    /// wait for the large ones of two threads: beside 16 uploads of 5 MB, one of 10 KB takes a sixth
    /// longer.
    #[must_use]
    pub fn with_own_connections(&self) -> Self {
        let mut gateway = self.clone();
        gateway.services.client = self.services.client.with_own_connections();
        gateway
    }

    /// Evicts the upload whose body has the largest lag, to free a connection for a server at its limit.
    pub fn evict_slowest(&self) {
        self.services.admission.evict_slowest();
    }

    /// The credentials that requests to the contact centre carry.
    #[must_use]
    pub fn credentials(&self) -> &GatewayCredentials {
        &self.services.credentials
    }
}
