//! The client of the tests, and valid requests that tests modify.

use bytes::Bytes;
use ccmessaging_sandbox::{Call, Sandbox, SandboxBuilder};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

pub(crate) const APP_KEY: &str = "test-app-key";
pub(crate) const APP_SECRET: &str = "test-app-secret";

/// Returns a builder with the tests' key and secret.
pub(crate) fn sandbox() -> SandboxBuilder {
    Sandbox::builder().app_key(APP_KEY).app_secret(APP_SECRET)
}

/// Starts a sandbox with the default settings and the tests' key and secret.
pub(crate) async fn started() -> Sandbox {
    sandbox().start().await.expect("the sandbox starts")
}

/// A complete response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Returns a text field of the JSON body, or an empty text if it is missing.
    pub(crate) fn field(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A valid request.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    url: String,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
}

impl Outgoing {
    pub(crate) fn token(sandbox: &Sandbox) -> Self {
        Self::to(sandbox, Call::TokenByAkSk)
            .body(json!({"app_key": APP_KEY, "app_secret": APP_SECRET}))
            .header("x-token-expire", "600")
    }

    pub(crate) fn apply_token(sandbox: &Sandbox) -> Self {
        Self::authorized(sandbox, Call::ApplyToken)
            .body(json!({"userId": "u-1", "userName": "Ada", "channelId": "c-1", "locale": "en"}))
    }

    /// An upload of `hello`.
    pub(crate) fn upload(sandbox: &Sandbox) -> Self {
        Self::in_session(sandbox, Call::UploadFileStream)
            .body(json!({"fileType": "txt", "fileStream": "aGVsbG8=", "channel": "WEB"}))
    }

    pub(crate) fn download(sandbox: &Sandbox, file_id: &str) -> Self {
        Self::in_session(sandbox, Call::DownloadFileStream)
            .body(json!({"fileId": file_id, "channel": "WEB", "fileType": "txt"}))
    }

    /// A message of the user `sandbox-user`: the text `Hello` unless the test changes it.
    pub(crate) fn message(sandbox: &Sandbox, call: Call, control_type: &str) -> Self {
        Self::in_session(sandbox, call).body(json!({
            "channel": "WEB",
            "controlType": control_type,
            "from": "sandbox-user",
            "to": "sandbox",
            "mediaType": "TEXT",
            "sourceType": "CUSTOMER",
            "content": "Hello",
        }))
    }

    pub(crate) fn poll(sandbox: &Sandbox, query: &str) -> Self {
        let url = format!("{}?{query}", sandbox.url(Call::Poll));
        let request = Self::in_session(sandbox, Call::Poll);
        request.url(url).method(Method::GET)
    }

    pub(crate) fn history(sandbox: &Sandbox) -> Self {
        Self::in_session(sandbox, Call::QueryHistoryChatMessage).body(json!({
            "channel": "WEB",
            "userId": "sandbox-user",
            "channelId": "sandbox",
            "limit": 10,
            "offset": 0,
        }))
    }

    fn in_session(sandbox: &Sandbox, call: Call) -> Self {
        Self::authorized(sandbox, call).header("ccmessaging-token", &sandbox.issue_session_token())
    }

    fn authorized(sandbox: &Sandbox, call: Call) -> Self {
        let bearer = format!("Bearer {}", sandbox.issue_access_token());
        Self::to(sandbox, call)
            .header("x-app-key", APP_KEY)
            .header("authorization", &bearer)
    }

    fn to(sandbox: &Sandbox, call: Call) -> Self {
        Self {
            url: sandbox.url(call),
            method: Method::POST,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
        .header("content-type", "application/json")
    }

    pub(crate) fn url(mut self, url: String) -> Self {
        self.url = url;
        self
    }

    pub(crate) fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header value");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better with json! at the call"
    )]
    pub(crate) fn body(self, body: Value) -> Self {
        self.raw_body(body.to_string())
    }

    pub(crate) fn raw_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a field of the JSON body.
    pub(crate) fn field(self, name: &str, value: Value) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).expect("a JSON body");
        body[name] = value;
        self.body(body)
    }

    /// Removes a field of the JSON body.
    pub(crate) fn without_field(self, name: &str) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).expect("a JSON body");
        body.as_object_mut().expect("an object").remove(name);
        self.body(body)
    }

    /// Sends the request and reads the complete response.
    pub(crate) async fn send(self) -> Reply {
        self.try_send().await.expect("a complete response")
    }

    /// Sends the request on a new connection. `None` if the connection breaks before the end of the
    /// response.
    pub(crate) async fn try_send(self) -> Option<Reply> {
        let http: HttpClient<HttpConnector, Full<Bytes>> =
            HttpClient::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http();
        let mut request = Request::new(Full::new(self.body));
        *request.uri_mut() = self.url.parse().expect("a URL");
        *request.method_mut() = self.method;
        *request.headers_mut() = self.headers;
        let (head, body) = http.request(request).await.ok()?.into_parts();
        Some(Reply {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.ok()?.to_bytes(),
        })
    }
}
