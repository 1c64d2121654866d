//! The contract of the gateway, through the real program on both platforms, with wiremock as
//! upstream. The modules follow the rows of the contract's table.

mod base64_as_file;
mod chat;
mod chunks;
mod cloudwatch;
mod configuration;
mod content_type;
mod conversion;
mod cors;
mod damaged;
mod fields;
mod file_types;
mod forwarding;
mod headers;
mod health;
mod json_body;
mod lambda;
mod limits;
mod limits_response;
mod log_line;
mod malformed_forms;
mod metadata;
mod metrics;
mod misencoded;
mod multipart;
mod other_formats;
mod raw;
mod recoded;
mod request_as_file;
mod routing;
mod stopping;
mod text_instead_of_file;
mod trace_context;
mod upstream_answers;
mod upstream_encryption;

use std::process::Command;

use gateway_tests::{Answer, Gateway, Platform, Request, Storing};
use serde_json::Value;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// Names and values of settings.
type Settings<'a> = &'a [(&'a str, &'a str)];

/// The gateway in front of an upstream, with more settings.
async fn gateway(platform: Platform, upstream: &str, settings: Settings<'_>) -> Gateway {
    let settings = [&[("UPSTREAM_BASE_URL", upstream)], settings].concat();
    Gateway::start(PROGRAM, platform, &settings).await
}

/// The gateway in front of an upstream that stores every file.
async fn storing(platform: Platform, settings: Settings<'_>) -> Storing {
    Storing::start(PROGRAM, platform, settings).await
}

/// Sends uploads on each platform: the upstream must receive this JSON of each.
async fn stored(settings: Settings<'_>, cases: impl IntoIterator<Item = (Request, Value)>) {
    let cases: Vec<_> = cases.into_iter().collect();
    for platform in Platform::ALL {
        let service = storing(platform, settings).await;
        for (request, expected) in &cases {
            let received = service.store(request).await;
            assert_eq!(received, *expected, "{:?}", request.headers);
        }
    }
}

/// Sends requests on each platform: nothing may reach the upstream, and each answer is judged.
async fn judged(settings: Settings<'_>, requests: &[Request], judge: impl Fn(&Answer)) {
    for platform in Platform::ALL {
        let service = storing(platform, settings).await;
        for request in requests {
            judge(&service.refuse(request).await);
        }
    }
}

/// Asserts on each platform that all requests are rejected like this, and nothing reaches the upstream.
async fn refused(requests: &[Request], status: u16, return_code: &str, words: &[&str]) {
    judged(&[], requests, |answer| {
        answer.assert_refused(status, return_code, words);
    })
    .await;
}

/// Like [`refused`], with return code 3 and this reason code.
async fn refused_as(requests: &[Request], status: u16, reason_code: &str, words: &[&str]) {
    judged(&[], requests, |answer| {
        answer.assert_refused(status, "3", words);
        assert_eq!(answer.json()["reasonCode"], reason_code, "{answer:?}");
    })
    .await;
}

/// Like [`refused`], with words of each request's own.
async fn each_refused<W: AsRef<[&'static str]>>(
    cases: impl IntoIterator<Item = (Request, W)>,
    status: u16,
    return_code: &str,
) {
    let cases: Vec<_> = cases.into_iter().collect();
    for platform in Platform::ALL {
        let service = storing(platform, &[]).await;
        for (request, words) in &cases {
            let answer = service.refuse(request).await;
            answer.assert_refused(status, return_code, words.as_ref());
        }
    }
}

/// Runs the program in an environment of nothing but these settings, in which it ends by itself: its
/// exit code, and what it printed to standard error.
fn run(settings: Settings<'_>) -> (Option<i32>, String) {
    let mut command = Command::new(PROGRAM);
    command.env_clear().envs(settings.iter().copied());
    let output = command.output().expect("the program must start");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}
