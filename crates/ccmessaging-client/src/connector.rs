//! Opens connections, directly or through an HTTP proxy, within a timeout.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::ProxyUrl;

type Error = Box<dyn std::error::Error + Send + Sync>;

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Opens a TCP connection to the host of a URL, on which the caller speaks TLS or HTTP.
#[derive(Clone)]
pub(crate) enum Connector {
    Direct(HttpConnector),
    Proxy(Tunnel<HttpConnector>),
}

impl Connector {
    pub(crate) fn new(connector: HttpConnector, proxy: Option<&ProxyUrl>) -> Self {
        match proxy {
            None => Self::Direct(connector),
            Some(proxy) => Self::Proxy(Tunnel::new(proxy.to_uri(), connector)),
        }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Error;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self {
            Self::Direct(connector) => connector.poll_ready(cx).map_err(Into::into),
            Self::Proxy(tunnel) => tunnel.poll_ready(cx).map_err(Into::into),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        match self {
            Self::Direct(connector) => {
                let connecting = connector.call(uri);
                Box::pin(async move { Ok(connecting.await?) })
            }
            Self::Proxy(tunnel) => {
                let connecting = tunnel.call(uri);
                Box::pin(async move { Ok(connecting.await?) })
            }
        }
    }
}

/// Limits the time until a connection can carry a request: name resolution, TCP, the proxy's `CONNECT` and the
/// TLS handshake. The peer has received no request when the timeout expires, so even a message may be repeated.
#[derive(Clone)]
pub(crate) struct WithTimeout<C> {
    connector: C,
    timeout: Duration,
}

impl<C> WithTimeout<C> {
    pub(crate) fn new(connector: C, timeout: Duration) -> Self {
        Self { connector, timeout }
    }
}

impl<C> Service<Uri> for WithTimeout<C>
where
    C: Service<Uri, Error = Error>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = Error;
    type Future = Connecting<C::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.timeout, self.connector.call(uri));
        Box::pin(async move {
            let late =
                |_| io::Error::new(io::ErrorKind::TimedOut, "the connection timeout expired");
            connecting.await.map_err(late)?
        })
    }
}
