//! The contract of the gateway, through both doors of the real program, with wiremock as upstream.
//! The modules follow the rows of the contract's table.

mod configuration;
mod cors;
mod fields;
mod file_types;
mod forwarding;
mod headers;
mod health;
mod json_body;
mod lambda;
mod limits;
mod log_line;
mod malformed_forms;
mod metrics;
mod multipart;
mod raw;
mod routing;
mod stopping;
mod trace_context;
mod upstream_answers;
mod upstream_encryption;
mod upstream_failures;

use gateway_tests::{Answer, Door, Gateway, Request, assert_untouched, upstream_storing};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// Starts the gateway in front of an upstream, with more settings.
async fn gateway(door: Door, upstream: &str, settings: &[(&str, &str)]) -> Gateway {
    let settings = [&[("UPSTREAM_BASE_URL", upstream)], settings].concat();
    Gateway::start(PROGRAM, door, &settings).await
}

/// Sends one request through each door to a gateway with default settings; nothing may reach the
/// upstream, and each answer is judged.
async fn refused(request: &Request, judge: impl Fn(&Answer)) {
    refused_all(&[], std::slice::from_ref(request), judge).await;
}

/// The same for several requests, with settings.
async fn refused_all(settings: &[(&str, &str)], requests: &[Request], judge: impl Fn(&Answer)) {
    for door in Door::ALL {
        let upstream = upstream_storing().await;
        let gateway = gateway(door, &upstream.uri(), settings).await;
        for request in requests {
            judge(&gateway.send(request).await);
        }
        assert_untouched(&upstream).await;
    }
}
