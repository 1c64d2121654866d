//! The step TLS: what is wrong with a server's certificate.

use super::{assert_wrong, doctor, doctor_at, line, sandbox};
use crate::program::Ended;
use crate::tls_server::TlsServer;

/// Runs `doctor` for a TLS server with these certificates in `UPSTREAM_CA_FILE`.
fn doctor_trusting(certificates: &str, server: &TlsServer) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, certificates).expect("a file");
    doctor(&[
        ("UPSTREAM_BASE_URL", &format!("https://{}", server.address)),
        ("UPSTREAM_CA_FILE", ca_file.to_str().expect("Unicode")),
        // The server does not respond after the handshake.
        ("UPSTREAM_TIMEOUT_MS", "100"),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn authority_certificate_as_server_certificate_is_rejected_with_commands_for_a_valid_one() {
    let server = TlsServer::start_authority("127.0.0.1", false).await;
    for ended in [
        doctor_at(&format!("https://{}", server.address)),
        doctor_trusting(&server.certificate_pem, &server),
    ] {
        assert_wrong(&ended, "TLS", "marked as an authority's (CA:TRUE)");
        let commands: Vec<_> = ended
            .stdout
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("openssl "))
            .collect();
        let [authority, certificate] = commands[..] else {
            panic!("two commands in {}", ended.all());
        };
        assert!(authority.contains("-out ca.pem"), "{authority}");
        for words in ["-CA ca.pem", "CA:FALSE", "subjectAltName=IP:127.0.0.1"] {
            assert!(certificate.contains(words), "{certificate}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_authority_expired_certificate_and_wrong_name_are_distinguished() {
    let good = TlsServer::start("127.0.0.1", false).await;
    let ended = doctor_at(&format!("https://{}", good.address));
    assert_wrong(&ended, "TLS", "an authority that is not trusted");
    assert!(line(&doctor_trusting(&good.certificate_pem, &good), "TLS").starts_with("ok"));

    let expired = TlsServer::start("127.0.0.1", true).await;
    assert_wrong(
        &doctor_trusting(&expired.certificate_pem, &expired),
        "TLS",
        "has expired",
    );

    for (names, words) in [
        (
            "elsewhere.example",
            "is not for 127.0.0.1, but for elsewhere.example",
        ),
        ("127.0.0.2", "is not for 127.0.0.1, but for 127.0.0.2"),
        ("", "but for no name at all (it has no subjectAltName)"),
    ] {
        let other = TlsServer::start(names, false).await;
        let ended = doctor_trusting(&other.certificate_pem, &other);
        assert_wrong(&ended, "TLS", words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn port_without_tls_fails_the_tls_step() {
    let sandbox = sandbox().await;
    let ended = doctor_at(&format!("https://{}", sandbox.address()));
    assert_wrong(&ended, "TLS", "the response is not TLS");
}
