//! The gateway's work with the usual libraries: `lambda_http`'s request, `serde_json` into owned strings,
//! decoded Base64 to detect the file's type, and hyper to forward the body.
//!
//! `plain UPSTREAM_URL`, under a Lambda runtime API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lambda_http::{Body, Error, Request, Response, service_fn};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upload {
    file_type: String,
    file_stream: String,
    channel: String,
}

fn main() -> Result<(), Error> {
    let url = std::env::args().nth(1).ok_or("usage: plain UPSTREAM_URL")?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(lambda_http::run(service_fn(move |request| {
        upload(request, client.clone(), url.clone())
    })))
}

async fn upload(
    request: Request,
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
) -> Result<Response<Body>, Error> {
    let body = Bytes::from(match request.into_body() {
        Body::Text(text) => text.into_bytes(),
        Body::Binary(bytes) => bytes,
        _ => return Err("no body".into()),
    });
    let upload: Upload = serde_json::from_slice(&body)?;
    let file = STANDARD.decode(&upload.file_stream)?;
    let found = infer::get(&file).ok_or("a file of no known type")?;
    if found.extension() != upload.file_type || upload.channel != "WEB" {
        return Err("not the declared type, or not the channel WEB".into());
    }
    let request = hyper::Request::post(url)
        .header("content-type", "application/json")
        .body(Full::new(body))?;
    let (head, body) = client.request(request).await?.into_parts();
    let answer = body.collect().await?.to_bytes();
    let answer = Body::Text(String::from_utf8(answer.to_vec())?);
    Ok(Response::builder().status(head.status).body(answer)?)
}
