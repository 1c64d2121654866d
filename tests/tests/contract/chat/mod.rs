//! The chat's other calls. `flows/chat` has the same calls against the sandbox.

mod configuration;
mod downloads;
mod lambda;
mod memory;
mod observing;
mod requests;
mod responses;
mod scans;
mod sessions;
mod tickets;

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway_tests::{Answer, Gateway, Platform, Request, received};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{Settings, gateway};

/// Serves all calls.
const ALL: (&str, &str) = ("CHAT_CALLS", "download,send,sendAsync,poll,history");

const USER: &str = "visitor-1";
const CHANNEL: &str = "channel-1";
const FILE_ID: &str = "local/0d1f6a3c-7e2b-4c58-9a41-5b8e7f2d6c90";

/// The names in the paths of the calls.
const NAMES: [&str; 5] = [
    "downloadFileStream",
    "send",
    "sendAsync",
    "poll",
    "queryHistoryChatMessage",
];

fn url(name: &str) -> String {
    format!("/apiaccess/ccmessaging/{name}")
}

/// Returns the documented body of a call; of poll, the query.
fn documented(name: &str) -> Value {
    match name {
        "downloadFileStream" => json!({"fileId": FILE_ID, "channel": "WEB", "fileType": "pdf"}),
        "queryHistoryChatMessage" => json!({
            "channelId": CHANNEL, "userId": USER, "limit": 20, "offset": 0, "channel": "WEB",
        }),
        "poll" => json!({"receiverId": USER, "channel": "WEB"}),
        _ => json!({
            "channel": "WEB", "controlType": "CHAT", "from": USER, "to": CHANNEL,
            "mediaType": "TEXT", "sourceType": "CUSTOMER", "content": "hello",
        }),
    }
}

/// Returns a call with these parameters and all headers.
fn request(name: &str, parameters: &Value) -> Request {
    if name != "poll" {
        return Request::json(parameters).path(&url(name));
    }
    let parameters = parameters.as_object().expect("parameters").iter();
    let pairs = parameters.map(|(name, value)| format!("{name}={}", value.as_str().expect("text")));
    let query = pairs.collect::<Vec<_>>().join("&");
    let poll = Request::new("").without("content-type").method("GET");
    poll.path(&format!("{}?{query}", url(name)))
}

/// Returns the documented request of a call.
fn call(name: &str) -> Request {
    request(name, &documented(name))
}

/// Sets the upstream's response to a call.
async fn answers(upstream: &MockServer, name: &str, answer: ResponseTemplate) {
    upstream.reset().await;
    let verb = if name == "poll" { "GET" } else { "POST" };
    Mock::given(method(verb))
        .and(path(url(name)))
        .respond_with(answer)
        .mount(upstream)
        .await;
}

fn json_answer(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// A gateway that serves all calls, and its upstream.
struct Chat {
    gateway: Gateway,
    upstream: MockServer,
}

impl Chat {
    async fn start(platform: Platform, settings: Settings<'_>) -> Self {
        let upstream = MockServer::start().await;
        let settings = [&[ALL], settings].concat();
        let gateway = gateway(platform, &upstream.uri(), &settings).await;
        Self { gateway, upstream }
    }

    /// Sends a request that must not reach the upstream.
    async fn refuse(&self, request: &Request) -> Answer {
        let before = received(&self.upstream).await.len();
        let answer = self.gateway.send(request).await;
        let received = received(&self.upstream).await.len();
        assert_eq!(received, before, "{} {}", request.path, answer.text);
        answer
    }

    /// Sends a request to which the upstream gives this answer.
    async fn send(&self, name: &str, request: &Request, answer: ResponseTemplate) -> Answer {
        answers(&self.upstream, name, answer).await;
        self.gateway.send(request).await
    }
}

/// The key of the tickets.
const KEY: &str = "a key of 32 bytes for the tests!";

/// Returns a ticket of the user that expires in so many seconds, signed with `key`.
fn ticket(key: &str, user: &str, channel: &str, seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = i64::try_from(now.expect("a time after 1970").as_secs()).expect("a time");
    let claims = json!({"sub": user, "aud": channel, "exp": now + seconds});
    jwt(key, &json!({"alg": "HS256", "typ": "JWT"}), &claims)
}

fn jwt(key: &str, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = hmac_sha256(key.as_bytes(), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// HMAC-SHA256 (RFC 2104), independent of the gateway's library.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |byte: u8| block.map(|key| key ^ byte);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message);
    let outer = Sha256::new().chain_update(pad(0x5C));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}
