//! The client library against an upstream with a private certificate.

use std::time::Duration;

use ccmessaging_client::{AccessToken, App, Client, ClientConfig, Secret, Session, TokenCache};
use ccmessaging_core::{Payload, Policy, UploadRequest};
use gateway_tests::{
    OBJECT_KEY, Script, ScriptedUpstream, Step, http_answer, stored, tls_acceptor,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use rcgen::{CertificateParams, KeyPair};

fn app() -> App {
    let fetch = |_| async {
        let lifetime = Duration::from_secs(3600);
        Ok(AccessToken::new(Secret::new("access"), lifetime))
    };
    let tokens = TokenCache::new(fetch, Duration::from_secs(10));
    App::with_tokens(HeaderValue::from_static("key"), tokens)
}

fn text() -> Payload {
    let upload = UploadRequest::from_file("hello", "txt").validate(&Policy::default());
    upload.expect("a text").into_payload()
}

#[tokio::test]
async fn a_session_trusts_a_certificate_from_memory_and_sends_its_own_headers() {
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    let acceptor = tls_acceptor(&certificate, &key);
    let upstream = ScriptedUpstream::start_tls(Script::storing(), acceptor).await;
    let mut config = ClientConfig::new(upstream.tls_uri().parse().expect("a URL"));
    config.ca_pem = Some(certificate.pem().into_bytes());
    let client = Client::new(&config).expect("a certificate");

    let headers = [
        ("x-tenant", "blue"),
        // The session's own credentials replace it.
        ("x-app-key", "another"),
    ];
    let headers = headers.map(|(name, value)| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_static(value))
    });
    let token = HeaderValue::from_static("session");
    let session = Session::builder(&client, app())
        .headers(HeaderMap::from_iter(headers))
        .resume(token);
    let object_key = session.upload(&text()).await.expect("stored");
    assert_eq!(object_key, OBJECT_KEY);
    let requests = upstream.requests();
    assert_eq!(requests[0].headers["x-tenant"], "blue");
    assert_eq!(requests[0].headers["x-app-key"], "key");
}

#[tokio::test]
async fn invalid_certificates_in_memory_are_rejected() {
    let mut config = ClientConfig::new("https://localhost".parse().expect("a URL"));
    for pem in ["", "not PEM"] {
        config.ca_pem = Some(pem.into());
        let error = Client::new(&config).expect_err("no certificate");
        assert!(
            error.to_string().contains("holds no certificate"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_client_with_own_connections_does_not_use_those_of_another() {
    let answer = Step::Write(http_answer(200, "", stored()));
    let exchange = [Step::ReadRequest, answer];
    let upstream =
        ScriptedUpstream::start(Script::new([exchange.clone(), exchange].concat())).await;
    let config = ClientConfig::new(upstream.uri().parse().expect("a URL"));
    let client = Client::new(&config).expect("public certificates");
    for client in [client.with_own_connections(), client] {
        let session = Session::builder(&client, app()).resume(HeaderValue::from_static("session"));
        session.upload(&text()).await.expect("stored");
    }
    assert_eq!(upstream.requests().len(), 2);
    assert_eq!(upstream.connections(), 2);
}
