//! Requests over real HTTP.

use crate::{Answer, Request};

/// A client that goes straight to where it is sent, whatever proxy the environment names.
///
/// # Panics
///
/// If none can be made.
#[must_use]
pub fn http_client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("an HTTP client")
}

/// Sends a request with this body and reads the whole answer.
pub(crate) async fn send_http(
    client: &reqwest::Client,
    address: &str,
    request: &Request,
    body: reqwest::Body,
) -> Answer {
    let url = format!("http://{address}{}", request.path);
    let method = request.method.parse().expect("a method");
    let mut builder = client.request(method, url).body(body);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let response = builder.send().await.expect("the gateway must answer");
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.expect("a whole answer"),
    }
}
