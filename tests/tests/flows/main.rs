//! What happens over several requests: tokens that are obtained, kept, renewed and rotated,
//! uploads that are repeated, deadlines that are kept.

mod access_token;
mod app_secret;
mod deadlines;
mod file_types;
mod managed;
mod prefetch;
mod retries;
mod rotation;
mod secrets;
mod streaming;
mod token_answers;
mod token_metrics;

use std::time::Duration;

use ccmessaging_sandbox::{ManualClock, Sandbox};
use gateway_tests::{Door, Gateway, InProcessGateway, Request, TestClock, sample};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// The lifetime of the sandbox's access tokens.
const LIFETIME: Duration = Duration::from_secs(600);

/// A sandbox whose time stands still until the clock is advanced.
async fn sandbox() -> (Sandbox, ManualClock) {
    let clock = ManualClock::new();
    let sandbox = Sandbox::builder()
        .access_token_lifetime(LIFETIME)
        .clock(clock.clone())
        .start()
        .await
        .expect("the sandbox starts");
    (sandbox, clock)
}

/// The real program with the sandbox's own credentials.
async fn managed_gateway(door: Door, sandbox: &Sandbox, settings: &[(&str, &str)]) -> Gateway {
    let url = sandbox.base_url();
    let credentials = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", sandbox.app_secret()),
    ];
    Gateway::start(PROGRAM, door, &[&credentials, settings].concat()).await
}

/// The service in this process, with the sandbox's own credentials and a clock to advance.
async fn clocked_gateway(sandbox: &Sandbox) -> (InProcessGateway, TestClock) {
    let clock = TestClock::default();
    let settings = [
        ("UPSTREAM_BASE_URL", sandbox.base_url()),
        ("APP_KEY", sandbox.app_key().to_owned()),
        ("APP_SECRET", sandbox.app_secret().to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let gateway = InProcessGateway::start(&settings, clock.clone()).await;
    (gateway, clock)
}

/// An upload as a browser sends it: with a session token, without any other credential.
fn from_browser(session_token: &str) -> Request {
    Request::upload("png", &sample("rgb.png"))
        .without("x-app-key")
        .without("authorization")
        .with("ccmessaging-token", session_token)
}
