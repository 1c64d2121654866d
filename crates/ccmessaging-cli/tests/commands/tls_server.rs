//! A TLS server with a generated certificate.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A server that completes TLS handshakes and then sends nothing.
pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
    /// The server's certificate, which is its own authority, as PEM.
    pub(crate) certificate_pem: String,
}

impl TlsServer {
    /// Starts a server with a certificate for `name`, or without a name if that is empty.
    pub(crate) async fn start(name: &str, is_expired: bool) -> Self {
        Self::with(name, is_expired, IsCa::NoCa).await
    }

    /// Starts a server whose certificate is marked as an authority's, the default of
    /// `openssl req -x509`.
    pub(crate) async fn start_authority(name: &str, is_expired: bool) -> Self {
        let authority = IsCa::Ca(BasicConstraints::Unconstrained);
        Self::with(name, is_expired, authority).await
    }

    async fn with(name: &str, is_expired: bool, is_ca: IsCa) -> Self {
        let names = Some(name.to_owned()).filter(|name| !name.is_empty());
        let names: Vec<_> = names.into_iter().collect();
        let mut params = CertificateParams::new(names).expect("a name");
        params.is_ca = is_ca;
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(if is_expired { 2021 } else { 4000 }, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let acceptor = acceptor(certificate.der().clone(), &key);

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that rejects the certificate aborts the handshake.
                let _ = acceptor.accept(stream).await;
            }
        });
        Self {
            address,
            certificate_pem: certificate.pem(),
        }
    }
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a key and its certificate");
    TlsAcceptor::from(Arc::new(config))
}
