//! The client's configuration.

use std::path::PathBuf;
use std::time::Duration;

use crate::base_url::{BaseUrl, ProxyUrl};
use crate::retry::RetryPolicy;

/// The contact centre's URLs, and how to connect to them.
///
/// ```
/// use std::time::Duration;
///
/// use ccmessaging_client::ClientConfig;
///
/// let mut config = ClientConfig::new("https://service.example.com".parse()?);
/// config.token_base_url = "https://service.example.com:28070".parse()?;
/// config.connect_timeout = Duration::from_secs(1);
/// # Ok::<_, ccmessaging_client::BaseUrlError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// The URL of the messaging API, with a path prefix if the deployment has one.
    pub base_url: BaseUrl,
    /// The URL of `tokenByAkSk`, which some deployments serve on another port.
    pub token_base_url: BaseUrl,
    /// A PEM file of certificates to trust in addition to the public ones: CA certificates, or a
    /// server's own certificate if it is not marked as a CA.
    pub ca_file: Option<PathBuf>,
    /// The same certificates as PEM text, in addition to those of the file.
    pub ca_pem: Option<Vec<u8>>,
    /// The proxy for all connections; `None` connects directly. Environment variables are not read.
    pub proxy: Option<ProxyUrl>,
    /// The limit for opening a TCP connection.
    pub connect_timeout: Duration,
    /// When calls are repeated.
    pub retry: RetryPolicy,
}

impl ClientConfig {
    /// Returns the defaults: all calls at one URL, public certificates only, three seconds to
    /// connect.
    #[must_use]
    pub fn new(base_url: BaseUrl) -> Self {
        Self {
            token_base_url: base_url.clone(),
            base_url,
            ca_file: None,
            ca_pem: None,
            proxy: None,
            connect_timeout: Duration::from_secs(3),
            retry: RetryPolicy::default(),
        }
    }
}
