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
