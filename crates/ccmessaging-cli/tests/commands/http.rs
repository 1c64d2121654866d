//! The tests' HTTP client, and a visitor of the page who uses it.

use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

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

/// A visitor of the page, with the cookie that the page has set.
pub(crate) struct Visitor {
    gateway: String,
    pub(crate) cookie: String,
    pub(crate) session: Value,
}

impl Visitor {
    pub(crate) fn open(gateway: &str) -> Self {
        let page = get(format!("{gateway}/"));
        let cookie = page.headers()["set-cookie"].to_str().expect("text");
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/chat"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let (cookie, _) = cookie.split_once(';').expect("attributes");
        Self {
            gateway: gateway.to_owned(),
            cookie: cookie.to_owned(),
            session: json(session(gateway, cookie)),
        }
    }

    pub(crate) fn member(&self, name: &str) -> &str {
        self.session[name].as_str().expect("a text")
    }

    pub(crate) fn user_id(&self) -> &str {
        self.member("userId")
    }

    pub(crate) fn url(&self, call: &str) -> String {
        format!("{}/apiaccess/ccmessaging/{call}", self.gateway)
    }

    /// Makes a call of the visitor's session and returns its JSON.
    pub(crate) fn call(&self, request: RequestBuilder) -> Value {
        let request = request
            .header("ccmessaging-token", self.member("token"))
            .header("x-chat-ticket", self.member("ticket"));
        json(request.send().expect("the gateway answers"))
    }

    pub(crate) fn post(&self, call: &str, body: &Value) -> Value {
        let request = client().post(self.url(call)).body(body.to_string());
        self.call(request.header("content-type", "application/json"))
    }

    pub(crate) fn send(&self, control_type: &str, media_type: &str, content: &str) -> Value {
        let mut body = json!({
            "channel": "WEB",
            "controlType": control_type,
            "from": self.user_id(),
            "to": self.member("channelId"),
            "mediaType": media_type,
            "sourceType": "CUSTOMER",
        });
        if !content.is_empty() {
            body["content"] = content.into();
        }
        self.post("send", &body)
    }

    /// Connects and asks for an agent.
    pub(crate) fn with_agent(gateway: &str) -> Self {
        let visitor = Self::open(gateway);
        for control_type in ["CONNECT", "TRANS2AGENT"] {
            let response = visitor.send(control_type, "TEXT", "");
            assert_eq!(response["resultCode"], "0", "{control_type}: {response}");
        }
        visitor
    }

    /// Returns the messages for the visitor since the last call.
    pub(crate) fn poll(&self) -> Vec<Value> {
        let url = self.url("poll");
        let query = format!("?receiverId={}&channel=WEB", self.user_id());
        let mut response = self.call(client().get(url + &query));
        assert_eq!(response["resultCode"], "0", "{response}");
        match response["downlinkMessages"].take() {
            Value::Array(messages) => messages,
            other => panic!("no messages: {other}"),
        }
    }

    pub(crate) fn reply(&self, body: &Value) -> Response {
        let url = format!(
            "{}/desk/conversations/{}/messages",
            self.gateway,
            self.user_id()
        );
        let request = client().post(url).body(body.to_string());
        request.send().expect("the desk answers")
    }

    /// Returns the visitor's conversation as the desk shows it.
    pub(crate) fn conversation(&self) -> Value {
        let desk = json(get(format!("{}/desk/conversations", self.gateway)));
        let mut all = desk["conversations"].as_array().expect("a list").iter();
        let own = all.find(|conversation| conversation["userId"] == self.user_id());
        own.expect("a conversation").clone()
    }
}

pub(crate) fn session(gateway: &str, cookie: &str) -> Response {
    let request = client().post(format!("{gateway}/chat/session"));
    let request = request.header("cookie", cookie);
    request.send().expect("the gateway answers")
}
