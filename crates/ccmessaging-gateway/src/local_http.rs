//! HTTP GET from a service on this machine: the gateway itself (`--check`), or the extension that
//! serves secrets. It uses neither TLS nor a connection pool.

use bytes::Bytes;
use ccmessaging_client::Deadline;
use http::header::HOST;
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The largest response body. AWS secrets have at most 64 KiB, of which JSON escapes a part.
const MAX_BODY_BYTES: usize = 128 * 1024;

/// A response. It may hold a secret, so it has no `Debug`.
pub(crate) struct Resource {
    /// The status.
    pub(crate) status: StatusCode,
    /// The whole body.
    pub(crate) body: Bytes,
}

/// Requests a resource and reads all of it before the deadline.
///
/// # Errors
///
/// The response is missing or incomplete. The error is a phrase without the URL, which the caller names.
pub(crate) async fn get(
    uri: &Uri,
    headers: HeaderMap,
    deadline: Deadline,
) -> Result<Resource, String> {
    deadline
        .timeout(exchange(uri, headers))
        .await
        .unwrap_or_else(|| Err("no response in time".to_owned()))
}

async fn exchange(uri: &Uri, headers: HeaderMap) -> Result<Resource, String> {
    let authority = uri
        .authority()
        .filter(|_| uri.scheme() == Some(&Scheme::HTTP))
        .ok_or("the URL must begin with http://")?;
    let host = authority.host().trim_matches(['[', ']']);
    let port = authority.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(|error| format!("cannot connect: {error}"))?;
    let no_response = |error: hyper::Error| format!("no HTTP response: {error}");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(no_response)?;

    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = uri
        .path_and_query()
        .map_or_else(Uri::default, |path| path.clone().into());
    *request.headers_mut() = headers;
    let host = HeaderValue::from_str(authority.as_str());
    let host = host.map_err(|error| error.to_string())?;
    request.headers_mut().insert(HOST, host);

    // The connection ends once `sender` is dropped, which is when the response has been read.
    let response = async move {
        let response = sender.send_request(request).await.map_err(no_response)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_BODY_BYTES);
        let body = body.collect().await;
        let body = body.map_err(|error| format!("the response cannot be read: {error}"))?;
        Ok(Resource {
            status,
            body: body.to_bytes(),
        })
    };
    tokio::join!(response, connection).0
}
