//! TLS to the upstream: always verified, against public roots that are part of the program.
//!
//! The roots are compiled in because a serverless image need not have any, and reading a
//! platform's store takes longer than the handshake.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The file of additional certificates cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the certificate file cannot be used: {} {problem}", path.display())]
pub struct TlsError {
    path: PathBuf,
    problem: String,
}

/// Returns a configuration that trusts the public roots and the certificates of a PEM file.
///
/// The file holds certificates of authorities. It may also hold a server's own certificate, provided
/// that this is not marked as an authority's (`CA:TRUE`): webpki rejects such a certificate when a
/// server presents it as its own.
///
/// # Errors
///
/// The PEM file cannot be read or holds no usable certificate.
///
/// # Panics
///
/// Never: ring supports TLS 1.2 and 1.3.
pub fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = ca_file {
        add_certificates(&mut roots, path).map_err(|problem| TlsError {
            path: path.to_owned(),
            problem,
        })?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports both TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn add_certificates(roots: &mut RootCertStore, path: &Path) -> Result<(), String> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("cannot be read as PEM: {error}"))?;
    if certificates.is_empty() {
        return Err("holds no certificate".to_owned());
    }
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|error| format!("holds an invalid certificate: {error}"))?;
    }
    Ok(())
}
