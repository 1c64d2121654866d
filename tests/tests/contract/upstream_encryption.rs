//! What may travel unencrypted, and whose certificates are trusted.

use gateway_tests::{Platform, Request, Script, ScriptedUpstream, tls_acceptor, upload_line};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

use crate::{gateway, run};

const ENCRYPTED: &str = "https://service.example.com";
const ELSEWHERE: &str = "http://service.example.com";

/// Starts the program with a listening address in use: exit code 2 means that the settings are rejected,
/// code 1 that they are accepted and only the address is in use.
fn start(upstream: &str, token_service: &str, allow_http: Option<&str>) -> (Option<i32>, String) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let mut settings = vec![
        ("LISTEN_ADDRESS", address.as_str()),
        ("UPSTREAM_BASE_URL", upstream),
        ("TOKEN_BASE_URL", token_service),
        ("APP_KEY", "key"),
        ("APP_SECRET", "secret"),
    ];
    settings.extend(allow_http.map(|value| ("UPSTREAM_ALLOW_HTTP", value)));
    run(&settings)
}

#[test]
fn an_unencrypted_address_is_accepted_for_loopback_only() {
    for url in [
        ELSEWHERE,
        "HTTP://service.example.com",
        "http://10.0.0.1:8000",
        "http://0.0.0.0:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[2001:db8::1]:8000",
    ] {
        for (name, upstream, token_service) in [
            ("UPSTREAM_BASE_URL", url, ENCRYPTED),
            ("TOKEN_BASE_URL", ENCRYPTED, url),
        ] {
            let (code, said) = start(upstream, token_service, None);
            assert_eq!(code, Some(2), "{name}={url}: {said}");
            assert!(said.contains(name), "{name}={url}: {said}");
            assert!(said.contains("https://"), "{name}={url}: {said}");
        }
    }
    for url in [
        "http://127.0.0.1:8000",
        "http://127.1.2.3",
        "http://[::1]:8000",
        "http://localhost:8000",
        "http://LOCALHOST",
    ] {
        let (code, said) = start(url, url, None);
        assert_eq!(code, Some(1), "{url}: {said}");
    }
}

#[test]
fn a_setting_allows_unencrypted_addresses_elsewhere() {
    for (value, expected) in [("true", 1), ("false", 2), ("", 2)] {
        let (code, said) = start(ELSEWHERE, ELSEWHERE, Some(value));
        assert_eq!(code, Some(expected), "{value}: {said}");
    }
}

/// The certificate is self-signed. One of an authority is never accepted as a server's own.
#[tokio::test]
async fn an_upload_reaches_only_an_upstream_whose_certificate_is_trusted_and_right() {
    for platform in Platform::ALL {
        let authority = || IsCa::Ca(BasicConstraints::Unconstrained);
        for (name, is_ca, is_trusted, is_stored) in [
            ("localhost", IsCa::NoCa, true, true),
            ("localhost", IsCa::NoCa, false, false),
            ("service.example.com", IsCa::NoCa, true, false),
            ("localhost", authority(), true, false),
        ] {
            let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
            params.is_ca = is_ca;
            let key = KeyPair::generate().expect("a key");
            let cert = params.self_signed(&key).expect("a certificate");
            let acceptor = tls_acceptor(&cert, &key);
            let upstream = ScriptedUpstream::start_tls(Script::storing(), acceptor).await;
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("ca.pem");
            std::fs::write(&file, cert.pem()).expect("a file");
            let settings = [("UPSTREAM_CA_FILE", file.to_str().expect("a Unicode path"))];
            let settings = if is_trusted { &settings[..] } else { &[] };

            let gateway = gateway(platform, &upstream.tls_uri(), settings).await;
            let answer = gateway.send(&Request::png()).await;
            if is_stored {
                answer.assert_stored();
            } else {
                answer.assert_refused(
                    500,
                    "13",
                    &["the TLS handshake with the contact centre failed"],
                );
                assert_eq!(answer.json()["reasonCode"], "upstream_unreachable");
                let line = upload_line(&gateway.stop().await);
                assert_eq!(line["reason_code"], "upstream_tls");
            }
            let requests = upstream.requests().len();
            assert_eq!(requests, usize::from(is_stored), "{name}, {is_trusted}");
        }
    }
}
