//! The contact centre at its address: connections, TLS and what every call shares.

use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, Uri};

use crate::transport::{Resource, Transport};
use crate::{BaseUrl, CallError, Deadline, TlsError};

/// Where the contact centre is and how it is reached.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Scheme and host of the messaging API, with a path prefix if the deployment has one.
    pub base_url: BaseUrl,
    /// Where `tokenByAkSk` is; some deployments have it on another port.
    pub token_base_url: BaseUrl,
    /// A PEM file with certificates to trust besides the public ones.
    pub ca_file: Option<PathBuf>,
    /// The longest wait for one TCP connection.
    pub connect_timeout: Duration,
}

impl ClientConfig {
    /// Everything at one address, public certificates only, three seconds for a connection.
    #[must_use]
    pub fn new(base_url: BaseUrl) -> Self {
        Self {
            token_base_url: base_url.clone(),
            base_url,
            ca_file: None,
            connect_timeout: Duration::from_secs(3),
        }
    }
}

/// A client of the contact centre's file API. Cloning it shares its connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: Transport,
    pub(crate) base_url: BaseUrl,
    pub(crate) token_base_url: BaseUrl,
}

impl Client {
    /// Prepares TLS and the connection pool; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// The extra certificates cannot be read.
    pub fn new(config: &ClientConfig) -> Result<Self, TlsError> {
        Ok(Self {
            transport: Transport::new(config)?,
            base_url: config.base_url.clone(),
            token_base_url: config.token_base_url.clone(),
        })
    }

    /// Gets a resource of at most 128 KiB from another service over this client's transport, such as
    /// a secret from a local agent.
    ///
    /// # Errors
    ///
    /// No whole answer before the deadline.
    pub async fn get(
        &self,
        uri: Uri,
        headers: HeaderMap,
        deadline: Deadline,
    ) -> Result<Resource, CallError> {
        self.transport.get(uri, headers, deadline).await
    }
}
