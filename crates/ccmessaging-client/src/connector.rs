//! Opens TCP connections, directly or through an HTTP proxy.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::ProxyUrl;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Opens a connection to the host of a URL, on which the caller speaks TLS or HTTP.
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
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>> + Send>>;

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
