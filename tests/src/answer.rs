//! Responses of the gateway.

use http::HeaderMap;
use serde_json::Value;

use crate::Request;

/// A response of the gateway on either platform.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text, if it is text.
    pub text: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Parses the body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("the response must be JSON ({error}): {}", self.text))
    }

    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Asserts that the contact centre stored the file and returns its key.
    pub fn assert_stored(&self) -> String {
        let json = self.json();
        assert_eq!(
            (self.status, &json["returnCode"]),
            (200, &"0".into()),
            "{json}"
        );
        json["objectKey"].as_str().expect("a key").to_owned()
    }

    /// Asserts that the gateway rejected the request: status, return code, and a description that
    /// contains each of `words`.
    pub fn assert_refused(&self, status: u16, return_code: &str, words: &[&str]) {
        self.assert_error(["returnCode", "returnDesc"], status, return_code, words);
    }

    /// Asserts the same of one of the chat's calls, and its reason code.
    pub fn assert_chat_refused(
        &self,
        status: u16,
        result_code: &str,
        reason: &str,
        words: &[&str],
    ) {
        self.assert_error(["resultCode", "resultDesc"], status, result_code, words);
        assert_eq!(self.json()["reasonCode"], reason, "{}", self.text);
        assert_eq!(self.header("cache-control"), Some("no-store"));
    }

    /// Asserts the same of a response whose code and description have these names.
    pub fn assert_error(&self, names: [&str; 2], status: u16, code: &str, words: &[&str]) {
        let json = self.json();
        assert_eq!(self.status, status, "{json}");
        assert_eq!(json[names[0]], code, "{json}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        let sentence = json[names[1]].as_str().expect("a sentence");
        for word in words {
            assert!(sentence.contains(word), "{word:?} is not in {sentence:?}");
        }
        let code = json["reasonCode"].as_str().expect("a reason code");
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(code.bytes().all(is_word), "{json}");
        let members = json.as_object().expect("an object").keys();
        let unknown = members.filter(|name| {
            !names.contains(&name.as_str()) && !["reasonCode", "details"].contains(&name.as_str())
        });
        assert_eq!(unknown.count(), 0, "{json}");
        let details = json.get("details").map(|details| details.as_object());
        let is_useful = details.is_none_or(|details| details.is_some_and(|it| !it.is_empty()));
        assert!(is_useful, "{json}");
    }
}

/// Returns an HTTP client that ignores the environment's proxies.
pub fn http_client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("an HTTP client")
}

impl Request {
    /// Sends the request over HTTP with another body and reads the complete response.
    ///
    /// # Errors
    ///
    /// If the response is missing or incomplete.
    pub async fn try_send(
        &self,
        client: &reqwest::Client,
        address: &str,
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Answer> {
        let url = format!("http://{address}{}", self.path);
        let method = self.method.parse().expect("a method");
        let mut builder = client.request(method, url).body(body);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let response = builder.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        Ok(Answer {
            status,
            headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        })
    }

    /// Sends the request over HTTP; panics without a complete response.
    pub async fn send(&self, client: &reqwest::Client, address: &str) -> Answer {
        let answer = self.try_send(client, address, self.body.clone()).await;
        answer.expect("the gateway must respond")
    }
}
