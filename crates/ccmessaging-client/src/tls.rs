//! TLS to the upstream: always verified, against public roots that are part of the program.
//!
//! The roots are compiled in because a serverless image need not have any, and reading a
//! platform's store costs more than the handshake.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// The extra certificates cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the file of certificates cannot be used: {} {problem}", path.display())]
pub struct TlsError {
    path: PathBuf,
    problem: String,
}

/// A verifying client configuration with the public roots and those of a PEM file.
///
/// A certificate of the file may also be the server's own, even one that says that it is an
/// authority's, as `openssl req -x509` makes them: then the server has to present exactly this one,
/// and its names and dates count as always.
///
/// # Errors
///
/// The PEM file cannot be read or holds no usable certificate.
///
/// # Panics
///
/// Never: the cryptography that is compiled in offers TLS 1.2 and 1.3.
pub fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let listed = ca_file.map(read_certificates).transpose()?;
    let listed = listed.unwrap_or_default();
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for certificate in &listed {
        roots.add(certificate.clone()).map_err(|error| TlsError {
            path: ca_file.unwrap_or(Path::new("")).to_owned(),
            problem: format!("holds a certificate that is not one: {error}"),
        })?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let standard = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
        .build()
        .expect("there are roots and no revocation lists");
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring offers both TLS 1.2 and 1.3");
    let verifier = Verifier { standard, listed };
    Ok(versions
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unusable = |problem| TlsError {
        path: path.to_owned(),
        problem,
    };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(format!("cannot be read as PEM: {error}")))?;
    if certificates.is_empty() {
        return Err(unusable("holds no certificate".to_owned()));
    }
    Ok(certificates)
}

/// The standard verifier, and one exception: it refuses an authority's certificate as a server's own
/// (RFC 5280 section 4.2.1.9), also where the operator listed exactly this certificate.
#[derive(Debug)]
struct Verifier {
    standard: Arc<WebPkiServerVerifier>,
    listed: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.standard.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match verified {
            // The dates are checked before this error, the name is not.
            Err(error) if is_authority_as_server(&error) && self.listed.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.standard
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.standard
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.standard.supported_verify_schemes()
    }
}

/// Whether a server's certificate was refused because it says that it is an authority's.
#[must_use]
pub fn is_authority_as_server(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else {
        return false;
    };
    matches!(
        other.0.downcast_ref(),
        Some(webpki::Error::CaUsedAsEndEntity)
    )
}
