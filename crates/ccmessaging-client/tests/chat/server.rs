//! A contact centre of fixed responses, and what it received.

use std::time::Duration;

use ccmessaging_client::{
    App, ChatOptions, Client, ClientConfig, Credentials, RetryPolicy, Session, SessionBuilder,
    SessionRequest,
};
use http::HeaderValue;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const PREFIX: &str = "/apiaccess/ccmessaging/";

/// Starts a server whose token services issue `access-1`, `access-2` ... and `session-1` ...
pub(crate) async fn start() -> MockServer {
    let server = MockServer::start().await;
    let issued = std::sync::atomic::AtomicUsize::new(0);
    Mock::given(path("/apigovernance/api/oauth/tokenByAkSk"))
        .respond_with(move |_: &Request| {
            let number = 1 + issued.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let token = json!({"AccessToken": format!("access-{number}"), "Expires": "600"});
            ResponseTemplate::new(200).set_body_json(token)
        })
        .mount(&server)
        .await;
    let issued = std::sync::atomic::AtomicUsize::new(0);
    Mock::given(path(format!("{PREFIX}applyToken")))
        .respond_with(move |_: &Request| {
            let number = 1 + issued.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let token = json!({"resultCode": "0", "token": format!("session-{number}")});
            ResponseTemplate::new(200).set_body_json(token)
        })
        .mount(&server)
        .await;
    server
}

/// Adds a response to a call. `times` limits how often it is given; later responses follow.
pub(crate) async fn respond(
    server: &MockServer,
    call: &str,
    response: ResponseTemplate,
    times: Option<u64>,
) {
    let verb = if call == "poll" { "GET" } else { "POST" };
    let mock = Mock::given(method(verb))
        .and(path(format!("{PREFIX}{call}")))
        .respond_with(response);
    match times {
        Some(times) => mock.up_to_n_times(times).mount(server).await,
        None => mock.mount(server).await,
    }
}

/// Adds a response to a call that precedes all others.
pub(crate) async fn respond_first(server: &MockServer, call: &str, response: ResponseTemplate) {
    Mock::given(path(format!("{PREFIX}{call}")))
        .respond_with(response)
        .with_priority(1)
        .mount(server)
        .await;
}

/// A JSON response.
pub(crate) fn json_response(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// The response of a success.
pub(crate) fn success() -> ResponseTemplate {
    json_response(200, &json!({"resultCode": "0", "resultDesc": "success"}))
}

/// The API fabric's response to an expired access token.
pub(crate) fn fabric_rejection() -> ResponseTemplate {
    json_response(
        403,
        &json!({"errorCode": "0", "exceptionInfo": "auth fail! illegal or expired token info."}),
    )
}

/// The requests of a call that the server received.
pub(crate) async fn received(server: &MockServer, call: &str) -> Vec<Request> {
    let requests = server.received_requests().await.unwrap_or_default();
    let path = format!("{PREFIX}{call}");
    requests
        .into_iter()
        .filter(|request| request.url.path() == path)
        .collect()
}

/// The values of a header of the requests.
pub(crate) fn header(requests: &[Request], name: &str) -> Vec<String> {
    let value = |request: &Request| {
        let value = request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or("none").to_owned()
    };
    requests.iter().map(value).collect()
}

pub(crate) fn client(base_url: &str) -> Client {
    let mut config = ClientConfig::new(base_url.parse().expect("a URL"));
    config.retry = RetryPolicy::default();
    config.retry.min_delay = Duration::from_millis(1);
    Client::new(&config).expect("a client")
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new(
        HeaderValue::from_static("session"),
        HeaderValue::from_static("key"),
        HeaderValue::from_static("Bearer access"),
    )
}

/// Prepares a session of user `42`, which polls without noticeable delays.
pub(crate) fn builder(server: &MockServer) -> SessionBuilder {
    let client = client(&server.uri());
    let app = App::new(&client, "key", "secret").expect("an app");
    let customer = SessionRequest::new("channel", "42");
    let mut options = ChatOptions::default();
    options.min_poll_delay = Duration::from_millis(1);
    options.max_poll_delay = Duration::from_millis(4);
    Session::builder(&client, app)
        .customer(customer)
        .chat_options(options)
}

pub(crate) async fn open(server: &MockServer) -> Session {
    builder(server).open().await.expect("a session")
}
