//! TLS: the same settings as the gateway's own, and plain words for what rustls finds.

use std::io;
use std::sync::Arc;

use ccmessaging_client::{BaseUrl, ClientConfig, client_config};
use rustls::pki_types::ServerName;
use rustls::{CertificateError, Error};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::finding::Verdict;
use super::network::bare_host;
use crate::failure::Failure;

/// Makes a TLS session and leaves it again.
///
/// # Errors
///
/// The configured certificates cannot be read.
pub(super) async fn shake_hands(
    url: &BaseUrl,
    stream: TcpStream,
    config: &ClientConfig,
) -> Result<Verdict, Failure> {
    // Also where TLS is not used: the gateway reads the file at its start.
    let tls =
        client_config(config.ca_file.as_deref()).map_err(|error| Failure::from_error(&error))?;
    if !url.is_encrypted() {
        return Ok(Verdict::Skipped("the URL begins with http://"));
    }
    let host = bare_host(url);
    let Ok(name) = ServerName::try_from(host.to_owned()) else {
        return Ok(Verdict::wrong(
            format!("{host} is no name that a certificate can carry"),
            "check the host in the URL",
        ));
    };
    let connecting = TlsConnector::from(Arc::new(tls)).connect(name, stream);
    Ok(match timeout(config.connect_timeout, connecting).await {
        Ok(Ok(session)) => {
            let version = session.get_ref().1.protocol_version();
            let version = version
                .and_then(|version| version.as_str())
                .unwrap_or("TLS");
            Verdict::Fine(format!("{version}, with a valid certificate for {host}"))
        }
        Ok(Err(error)) => explain(host, &error),
        Err(_) => Verdict::wrong(
            "the handshake is not answered",
            "check that the port is the HTTPS one and that no firewall cuts TLS off",
        ),
    })
}

fn explain(host: &str, error: &io::Error) -> Verdict {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(Error::InvalidCertificate(problem)) => explain_certificate(host, problem),
        Some(Error::InvalidMessage(_)) => Verdict::wrong(
            "what answers does not speak TLS",
            "check that the port is the HTTPS one",
        ),
        Some(Error::PeerIncompatible(_) | Error::AlertReceived(_)) => Verdict::wrong(
            format!("the server breaks the handshake off: {error}"),
            "the server has to offer TLS 1.2 or 1.3 without a client certificate; a proxy in \
             between may be in the way",
        ),
        Some(_) => Verdict::wrong(
            format!("the handshake fails: {error}"),
            "check that the port is the HTTPS one and that no proxy is in between",
        ),
        None => Verdict::wrong(
            format!("the connection breaks during the handshake: {error}"),
            "check that the port is the HTTPS one and that no firewall cuts TLS off",
        ),
    }
}

fn explain_certificate(host: &str, problem: &CertificateError) -> Verdict {
    match problem {
        CertificateError::UnknownIssuer => Verdict::wrong(
            "the certificate comes from an authority that is not trusted",
            "if the server (or a proxy in between) has an authority of its own, put the \
             authority's certificate into a PEM file and name that in UPSTREAM_CA_FILE",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Verdict::wrong(
            "the certificate has expired",
            "ask the server's operator for a new one; check this machine's clock",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Verdict::wrong(
                "the certificate is not valid yet",
                "check this machine's clock, and the server's new certificate",
            )
        }
        CertificateError::NotValidForName => wrong_name(host, "other names"),
        CertificateError::NotValidForNameContext { presented, .. } => {
            wrong_name(host, &presented.join(", "))
        }
        other => Verdict::wrong(
            format!("the certificate cannot be accepted: {other}"),
            "ask the server's operator for a valid one",
        ),
    }
}

fn wrong_name(host: &str, presented: &str) -> Verdict {
    Verdict::wrong(
        format!("the certificate is not for {host}, but for {presented}"),
        "put a name that the certificate is for into the URL, or correct what DNS says",
    )
}
