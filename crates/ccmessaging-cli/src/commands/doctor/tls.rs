//! TLS: the same settings as the gateway's own, and plain words for what rustls finds.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ccmessaging_client::BaseUrl;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, Error};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::finding::Verdict;
use super::network::bare_host;
use crate::progress::Waiting;

/// Makes a TLS session and leaves it again.
pub(super) async fn shake_hands(
    url: &BaseUrl,
    stream: TcpStream,
    tls: &Arc<rustls::ClientConfig>,
    limit: Duration,
) -> Verdict {
    if !url.is_encrypted() {
        return Verdict::Skipped("the URL begins with http://");
    }
    let host = bare_host(url);
    let Ok(name) = ServerName::try_from(host.to_owned()) else {
        return Verdict::wrong(
            format!("{host} is no name that a certificate can carry"),
            "check the host in the URL",
        );
    };
    let _waiting = Waiting::new("TLS", limit);
    let connecting = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
    match timeout(limit, connecting).await {
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
    }
}

fn explain(host: &str, error: &io::Error) -> Verdict {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(error) if is_authority_as_server(error) => authority_as_server(host),
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

/// Whether the server presented a certificate of an authority as its own, which RFC 5280 section
/// 4.2.1.9 does not allow.
fn is_authority_as_server(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else {
        return false;
    };
    matches!(
        other.0.downcast_ref(),
        Some(webpki::Error::CaUsedAsEndEntity)
    )
}

fn authority_as_server(host: &str) -> Verdict {
    let kind = match host.parse::<IpAddr>() {
        Ok(_) => "IP",
        Err(_) => "DNS",
    };
    Verdict::wrong(
        "the server's certificate is marked as an authority's (CA:TRUE), as self-signed ones often \
         are",
        "ask the server's operator for a certificate that an authority has signed; for a test server \
         these lines make an authority (ca.pem, for UPSTREAM_CA_FILE) and a certificate that it signs \
         (server.pem, for the server):",
    )
    .with_commands([
        "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj '/CN=Test CA' \
         -keyout ca-key.pem -out ca.pem"
            .to_owned(),
        format!(
            "openssl req -x509 -CA ca.pem -CAkey ca-key.pem -newkey rsa:2048 -nodes -days 365 \
             -subj '/CN={host}' -addext basicConstraints=critical,CA:FALSE \
             -addext subjectAltName={kind}:{host} -keyout server-key.pem -out server.pem"
        ),
    ])
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
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            wrong_name(host, "no name at all (it has no subjectAltName)")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<_> = presented.iter().map(|name| bare_name(name)).collect();
            wrong_name(host, &names.join(", "))
        }
        CertificateError::BadEncoding => unacceptable("it cannot be read"),
        CertificateError::BadSignature => unacceptable("its signature is wrong"),
        CertificateError::Revoked => unacceptable("its authority has revoked it"),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            unacceptable("it is not for servers (extendedKeyUsage)")
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            unacceptable("it is signed with an outdated or rare algorithm")
        }
        // A certificate of X.509 version 1, say, or with an unknown critical extension.
        _ => unacceptable("it is not as the rules for the web's servers want it (RFC 5280)"),
    }
}

fn unacceptable(why: &str) -> Verdict {
    Verdict::wrong(
        format!("the certificate cannot be accepted: {why}"),
        "ask the server's operator for a valid one; for a test server `openssl req -x509 -addext \
         basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:NAME` makes one that \
         UPSTREAM_CA_FILE accepts",
    )
}

fn wrong_name(host: &str, presented: &str) -> Verdict {
    Verdict::wrong(
        format!("the certificate is not for {host}, but for {presented}"),
        "put a name that the certificate is for into the URL, or correct what DNS says; a new \
         certificate needs the URL's host in its subjectAltName",
    )
}

/// A name without the words that the TLS library puts around it, such as `DnsName("localhost")`.
fn bare_name(name: &str) -> &str {
    let inner = name
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"')
}
