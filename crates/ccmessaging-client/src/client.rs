//! The client.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

use crate::transport::Transport;
use crate::{BaseUrl, ClientConfig, RetryPolicy, TlsError, tls};

/// A client of the contact centre's API: uploads, the chat's calls, and the tokens of both. Clones share its
/// connections.
///
/// [`Session`](crate::Session) makes these calls with tokens that it obtains and renews itself.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: Transport,
    pub(crate) base_url: BaseUrl,
    pub(crate) token_base_url: BaseUrl,
    pub(crate) retry: RetryPolicy,
    tls: Arc<rustls::ClientConfig>,
}

impl Client {
    /// Prepares TLS and the connection pool. Opens no connection yet.
    ///
    /// # Errors
    ///
    /// The additional certificates cannot be used.
    pub fn new(config: &ClientConfig) -> Result<Self, TlsError> {
        let tls = Arc::new(tls::client_config(config)?);
        Ok(Self {
            transport: Transport::new(config, &tls),
            base_url: config.base_url.clone(),
            token_base_url: config.token_base_url.clone(),
            retry: config.retry,
            tls,
        })
    }

    /// Returns the same client with a separate connection pool, for a program with several runtimes.
    ///
    /// A task of the runtime that opened a connection reads and writes it. An upload that another
    /// runtime makes over it passes every step from one thread to the other and waits for both.
    #[must_use]
    pub fn with_own_connections(&self) -> Self {
        Self {
            transport: self.transport.with_own_connections(),
            ..self.clone()
        }
    }

    /// Opens a TLS session with the host of `url` on `stream`, as calls do, and returns its protocol
    /// version, such as `TLSv1_3`. For diagnoses: calls open their own connections.
    ///
    /// # Errors
    ///
    /// The host cannot be the name in a certificate ([`InvalidInput`](io::ErrorKind::InvalidInput)), or
    /// the handshake fails; the cause is then an error of the crate `rustls`.
    pub async fn check_tls(&self, url: &BaseUrl, stream: TcpStream) -> io::Result<String> {
        tls::check(Arc::clone(&self.tls), url, stream).await
    }
}
