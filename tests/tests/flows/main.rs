//! What happens over several requests: tokens that are obtained, kept, renewed and rotated,
//! uploads that are repeated, deadlines that are kept.

mod access_token;
mod app_secret;
mod chat;
mod client;
mod deadlines;
mod early_answers;
mod file_types;
mod managed;
mod prefetch;
mod proxy;
mod retries;
mod rotation;
mod scan;
mod secrets;
mod token_answers;
mod token_metrics;

use std::time::Duration;

use ccmessaging_sandbox::{FaultPlan, ManualClock, Sandbox};
use gateway_tests::{Gateway, InProcessGateway, Platform, Request};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// The lifetime of the sandbox's access tokens.
const LIFETIME: Duration = Duration::from_secs(600);

/// A sandbox with a clock that only advances by hand.
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

/// Lets calls of the sandbox fail from now on.
fn fail(sandbox: &Sandbox, plan: impl Into<FaultPlan>) {
    sandbox.set_faults(plan);
}

/// Where the sandbox is, and its own credentials.
fn credentials<'a>(url: &'a str, sandbox: &'a Sandbox) -> [(&'a str, &'a str); 3] {
    [
        ("UPSTREAM_BASE_URL", url),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", sandbox.app_secret()),
    ]
}

/// The real program with the sandbox's own credentials.
async fn managed_gateway(
    platform: Platform,
    sandbox: &Sandbox,
    settings: &[(&str, &str)],
) -> Gateway {
    let url = sandbox.base_url();
    let settings = [&credentials(&url, sandbox), settings].concat();
    Gateway::start(PROGRAM, platform, &settings).await
}

/// The service in this process, with the sandbox's own credentials.
async fn in_process_gateway(sandbox: &Sandbox) -> InProcessGateway {
    InProcessGateway::start(&credentials(&sandbox.base_url(), sandbox)).await
}

/// An upload as a browser sends it: with a session token, without any other credential.
fn from_browser(session_token: &str) -> Request {
    Request::png().of_a_page(session_token)
}
