//! Test certificates.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;

/// The certificate of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// A valid certificate for localhost.
    Good,
    /// An expired certificate for localhost.
    Expired,
    /// A certificate for another host.
    OfAnotherHost,
}

/// A certificate authority and a file with its certificate.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    /// Creates an authority.
    pub fn create() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), issuer.pem()).expect("a file");
        Self { issuer, folder }
    }

    /// Returns the path of the PEM file with the authority's certificate, which exists until the authority
    /// is dropped.
    pub fn file(&self) -> String {
        let path = self.folder.path().join(FILE);
        path.to_str().expect("a Unicode path").to_owned()
    }

    /// Returns a TLS acceptor with a certificate signed by this authority.
    pub fn acceptor(&self, certificate: Certificate) -> TlsAcceptor {
        let name = match certificate {
            Certificate::Good | Certificate::Expired => "localhost",
            Certificate::OfAnotherHost => "service.example.com",
        };
        let end = match certificate {
            Certificate::Expired => 2021,
            Certificate::Good | Certificate::OfAnotherHost => 4000,
        };
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(end, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        tls_acceptor(&certificate, &key)
    }
}

/// Returns a TLS acceptor with this certificate.
pub fn tls_acceptor(certificate: &rcgen::Certificate, key: &KeyPair) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .expect("a key and its certificate");
    TlsAcceptor::from(Arc::new(config))
}

const FILE: &str = "authority.pem";
