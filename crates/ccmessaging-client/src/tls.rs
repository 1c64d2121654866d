//! TLS to the upstream: always verified, against public roots that are part of the program.
//!
//! The roots are compiled in because a serverless image need not have any, and reading a
//! platform's store takes longer than the handshake.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{BaseUrl, config};

/// The longest certificate file that is read. All public roots together have less than 300 KiB.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The additional certificates cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The certificates of a file cannot be used.
    #[error("the certificate file cannot be used: {} {problem}", path.display())]
    File {
        /// The file's path.
        path: PathBuf,
        /// The problem with the file.
        problem: String,
    },
    /// The certificates in memory cannot be used.
    #[error("the certificates cannot be used: the text {problem}")]
    Pem {
        /// The problem with the text.
        problem: String,
    },
}

/// Returns a configuration that trusts the public roots and the additional certificates.
///
/// The additional certificates may be CA certificates, or certificates of servers that are not marked
/// as a CA (`CA:TRUE`): webpki rejects a CA certificate that a server presents as its own.
///
/// # Errors
///
/// The additional certificates cannot be read, or none of them can be used.
///
/// # Panics
///
/// Never: ring supports TLS 1.2 and 1.3.
pub(crate) fn client_config(config: &config::ClientConfig) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = &config.ca_file {
        let at_file = |problem| TlsError::File {
            path: path.clone(),
            problem,
        };
        let pem = read_file(path).map_err(at_file)?;
        let certificates = CertificateDer::pem_slice_iter(&pem).collect();
        add_certificates(&mut roots, certificates).map_err(at_file)?;
    }
    if let Some(pem) = &config.ca_pem {
        let certificates = CertificateDer::pem_slice_iter(pem).collect();
        add_certificates(&mut roots, certificates).map_err(|problem| TlsError::Pem { problem })?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports both TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Opens a TLS session and returns its protocol version.
pub(crate) async fn check(
    config: Arc<ClientConfig>,
    url: &BaseUrl,
    stream: TcpStream,
) -> io::Result<String> {
    let host = url.host().trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let session = TlsConnector::from(config).connect(name, stream).await?;
    let version = session.get_ref().1.protocol_version();
    Ok(version
        .and_then(|version| version.as_str())
        .unwrap_or("TLS")
        .to_owned())
}

/// Reads a file that must be regular and at most [`MAX_FILE_BYTES`] long: a pipe or a device might never
/// end. The error is a phrase that continues the path.
fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    // Before opening it: opening a pipe would wait for its writer.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("is not a regular file".to_owned());
    }
    let mut pem = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut pem))
        .map_err(unreadable)?;
    if pem.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("has more than {MAX_FILE_BYTES} bytes"));
    }
    Ok(pem)
}

fn add_certificates(
    roots: &mut RootCertStore,
    certificates: Result<Vec<CertificateDer<'static>>, pem::Error>,
) -> Result<(), String> {
    let certificates = certificates.map_err(|error| format!("cannot be read as PEM: {error}"))?;
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
