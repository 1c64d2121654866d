//! The tests' HTTP client.

use reqwest::blocking::{Client, Response};
use serde_json::Value;

/// Returns a client that ignores the proxies in the environment.
pub(crate) fn client() -> Client {
    let client = Client::builder().no_proxy().build();
    client.expect("an HTTP client")
}

pub(crate) fn get(url: String) -> Response {
    client().get(url).send().expect("an answer")
}

pub(crate) fn json(response: Response) -> Value {
    let text = response.text().expect("a whole answer");
    serde_json::from_str(&text).expect("an answer in JSON")
}
