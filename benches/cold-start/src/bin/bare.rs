//! The smallest program that sends an HTTPS request with the gateway's TLS and HTTP libraries.
//!
//! `bare URL CA_FILE BODY_FILE` posts the body and prints the response status.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, ca_file, body_file] = arguments.as_slice() else {
        return Err("usage: bare URL CA_FILE BODY_FILE".into());
    };
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    roots.add(CertificateDer::from_pem_file(ca_file)?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_only()
        .enable_http1()
        .build();
    let body = Full::new(Bytes::from(std::fs::read(body_file)?));
    let request = Request::post(url.as_str())
        .header("content-type", "application/json")
        .body(body)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let response = client.request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        println!("{}", status.as_u16());
        Ok(())
    })
}
