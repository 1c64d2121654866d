//! TLS, with the same settings as the gateway's.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use ccmessaging_client::{BaseUrl, Client};
use rustls::{CertificateError, Error};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::finding::Verdict;
use super::network::bare_host;

const CHECK_PORT: &str =
    "check that the port is the HTTPS one and that no firewall or proxy intercepts TLS";

/// Opens a TLS session and closes it again.
pub(super) async fn shake_hands(
    url: &BaseUrl,
    stream: TcpStream,
    client: &Client,
    limit: Duration,
) -> Verdict {
    if !url.is_encrypted() {
        return Verdict::Unneeded("the URL begins with http://");
    }
    let host = bare_host(url);
    match timeout(limit, client.check_tls(url, stream)).await {
        Ok(Ok(version)) => Verdict::Fine(format!("{version}, with a valid certificate for {host}")),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidInput => Verdict::wrong(
            format!("{host} cannot be the name in a certificate"),
            "check the host in the URL",
        ),
        Ok(Err(error)) => explain(host, &error),
        Err(_) => Verdict::wrong("no response to the TLS handshake", CHECK_PORT),
    }
}

fn explain(host: &str, error: &io::Error) -> Verdict {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(error) if is_authority_as_server(error) => authority_as_server(host),
        Some(Error::InvalidCertificate(problem)) => explain_certificate(host, problem),
        Some(Error::InvalidMessage(_)) => Verdict::wrong("the response is not TLS", CHECK_PORT),
        Some(Error::PeerIncompatible(_) | Error::AlertReceived(_)) => Verdict::wrong(
            format!("the server rejects the handshake: {error}"),
            "the server has to offer TLS 1.2 or 1.3 without a client certificate; a proxy may \
             intercept TLS",
        ),
        _ => Verdict::wrong(format!("the handshake fails: {error}"), CHECK_PORT),
    }
}

/// Returns whether the server presented an authority's certificate as its own, which RFC 5280
/// (section 4.2.1.9) does not allow.
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
    Verdict::Wrong {
        problem: "the server's certificate is marked as an authority's (CA:TRUE), as self-signed ones \
                  often are"
            .to_owned(),
        remedy: "ask the server's operator for a certificate that an authority has signed; for a test \
                 server these lines make an authority (ca.pem, for UPSTREAM_CA_FILE) and a certificate \
                 that it signs (server.pem, for the server):"
            .into(),
        commands: vec![
            "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj '/CN=Test CA' \
             -keyout ca-key.pem -out ca.pem"
                .to_owned(),
            format!(
                "openssl req -x509 -CA ca.pem -CAkey ca-key.pem -newkey rsa:2048 -nodes -days 365 \
                 -subj '/CN={host}' -addext basicConstraints=critical,CA:FALSE \
                 -addext subjectAltName={kind}:{host} -keyout server-key.pem -out server.pem"
            ),
        ],
    }
}

fn explain_certificate(host: &str, problem: &CertificateError) -> Verdict {
    match problem {
        CertificateError::UnknownIssuer => Verdict::wrong(
            "the certificate comes from an authority that is not trusted",
            "if the server (or a proxy) has its own authority, put the authority's certificate into a \
             PEM file and set UPSTREAM_CA_FILE to its path",
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
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<_> = presented.iter().map(|name| bare_name(name)).collect();
            let names = match names.as_slice() {
                [] => "no name at all (it has no subjectAltName)".to_owned(),
                names => names.join(", "),
            };
            Verdict::wrong(
                format!("the certificate is not for {host}, but for {names}"),
                "use a name of the certificate in the URL, or correct the name's DNS record; a new \
                 certificate needs the URL's host in its subjectAltName",
            )
        }
        _ => Verdict::wrong(
            format!("the certificate cannot be accepted: {problem}"),
            "ask the server's operator for a certificate that is valid for web servers (RFC 5280)",
        ),
    }
}

/// Returns the name in rustls's debug output, such as `DnsName("localhost")`.
fn bare_name(name: &str) -> &str {
    let inner = name
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"')
}
