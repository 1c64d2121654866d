//! The client's configuration: URLs, connections and retries.

use std::path::PathBuf;
use std::time::Duration;

use crate::base_url::{BaseUrl, ProxyUrl};

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
    /// The limit for opening a connection, with its TLS handshake and the proxy's part.
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

/// How often, and after which delays, a failed call is repeated.
///
/// A call is repeated if no connection could be opened, if the connection was closed before the
/// response, and if the response has status 429, 502, 503 or 504 and does not say that the file is
/// stored. The delay doubles with each attempt up to a maximum, with jitter; `Retry-After` (RFC 9110
/// section 10.2.3) makes it longer. A delay that would outlast the deadline ends the call instead,
/// with the last response or error.
///
/// ```
/// use ccmessaging_client::RetryPolicy;
///
/// let mut patient = RetryPolicy::default();
/// patient.max_attempts = 6;
/// assert_eq!(RetryPolicy::never().max_attempts, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The largest number of attempts, the first included: 3 by default. A peer that fails three
    /// times in a row has more than a hiccup.
    pub max_attempts: u32,
    /// The delay before the second attempt, to which jitter adds up to as much again: 100 ms by
    /// default.
    pub min_delay: Duration,
    /// The largest delay before jitter: 2 s by default.
    pub max_delay: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            min_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(2),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy of a single attempt.
    #[must_use]
    pub fn never() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }
}
