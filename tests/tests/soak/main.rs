//! Runs many concurrent uploads of every kind through the real program to a contact centre that fails
//! every fifth time. No file may be lost and no resource may leak.
//!
//! It runs for `SOAK_SECONDS`, and is skipped if that is not set. `SOAK_PAUSE_MS` is the longest pause of
//! a client between two uploads; a run of an hour needs 6000, or it reaches the maximum number of uploads
//! first. `SOAK_SEED` selects other random numbers.
//!
//! ```sh
//! SOAK_SECONDS=120 cargo test --release -p gateway-tests --test soak
//! ```
//!
//! All traffic stays on the loopback interface.

mod audit;
mod client;
mod faults;
mod files;
mod remains;
mod uploads;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ccmessaging_sandbox::{RotationPolicy, Sandbox};
use futures_util::future::join_all;
use gateway_tests::{Gateway, Platform};
use libtest_mimic::{Arguments, Completion, Trial};
use tokio::runtime::Runtime;
use tokio::time::sleep;

use audit::Audit;
use client::{Client, Course};
use faults::Injected;
use remains::Remains;
use uploads::{Upload, report};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

const CLIENTS: usize = 24;

/// More slots than clients, so that a correct gateway is never full.
const SLOTS: usize = 32;

/// The run ends after this many uploads.
const MOST_UPLOADS: usize = 30_000;

/// The longest pause of a client between two uploads.
const PAUSE_MS: u64 = 80;

/// Shorter than a run, so that access tokens are renewed.
const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(20);

/// How often all access tokens are revoked. The gateway replaces a rejected one at most every ten
/// seconds.
const REVOCATION_INTERVAL: Duration = Duration::from_secs(13);

/// Below the longest delay among the faults, so that some uploads time out.
const UPSTREAM_TIMEOUT_MS: &str = "2000";

fn main() -> ExitCode {
    let name = "no_upload_is_lost_and_no_resource_leaks";
    let soak = Trial::ignorable_test(name, || {
        let Some(seconds) = number("SOAK_SECONDS") else {
            let reason = "skipped, because SOAK_SECONDS is not set";
            return Ok(Completion::ignored_with(reason));
        };
        Runtime::new().expect("a runtime").block_on(soak(seconds));
        Ok(Completion::Completed)
    });
    libtest_mimic::run(&Arguments::from_args(), vec![soak]).exit_code()
}

async fn soak(seconds: u64) {
    let seed = number("SOAK_SEED").unwrap_or_default();
    let injected = Injected::default();
    let sandbox = sandbox(seed, &injected).await;
    let gateway = gateway(&sandbox).await;
    let mut remains = Remains::at_start(&gateway);

    let uploads = uploads(&sandbox, &gateway, seconds, seed, &mut remains).await;
    sandbox.set_faults([]);
    let injected = injected.to_string();
    let audit = Audit::of(&uploads, &sandbox);
    let mut violations = remains.look(&gateway, sandbox, SLOTS).await;
    println!("soak: {seconds} s, {CLIENTS} clients, seed {seed}");
    println!("{}{injected}{audit}{remains}", report(&uploads));
    violations.extend(audit.violations);
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} has to be a whole number")))
}

async fn sandbox(seed: u64, injected: &Injected) -> Sandbox {
    let injected = injected.clone();
    Sandbox::builder()
        .access_token_lifetime(ACCESS_TOKEN_LIFETIME)
        .rotate_session_token(RotationPolicy::every_call())
        .faults(faults::plan())
        .fault_seed(seed)
        .observe(move |exchange| injected.count(exchange))
        .start()
        .await
        .expect("the sandbox starts")
}

/// Starts a gateway with credentials that prefers those of the callers.
async fn gateway(sandbox: &Sandbox) -> Gateway {
    let (url, slots) = (sandbox.base_url(), SLOTS.to_string());
    let settings = [
        ("UPSTREAM_BASE_URL", url.as_str()),
        ("UPSTREAM_TIMEOUT_MS", UPSTREAM_TIMEOUT_MS),
        ("APP_KEY", sandbox.app_key()),
        ("APP_SECRET", sandbox.app_secret()),
        ("CALLER_CREDENTIALS", "preferred"),
        ("MAX_UPLOADS_IN_FLIGHT", &slots),
        ("METRICS_ADDRESS", "127.0.0.1:0"),
        // Otherwise, some of the samples that must be rejected are converted and stored.
        ("CONVERT_MEDIA", "off"),
    ];
    Gateway::start(PROGRAM, Platform::Http, &settings).await
}

/// Runs the clients until the time is over. The gateway's memory is measured after a quarter of the time,
/// when it has reached its steady state.
async fn uploads(
    sandbox: &Sandbox,
    gateway: &Gateway,
    seconds: u64,
    seed: u64,
    remains: &mut Remains,
) -> Vec<Upload> {
    let time = Duration::from_secs(seconds);
    let pause = Duration::from_millis(number("SOAK_PAUSE_MS").unwrap_or(PAUSE_MS));
    let course = Arc::new(Course::new(Instant::now() + time, MOST_UPLOADS, pause));
    let clients = (0..CLIENTS).map(|number| {
        let course = Arc::clone(&course);
        Client::new(number, seed, sandbox, gateway.address(), course).run()
    });
    let revocations = async {
        loop {
            sleep(REVOCATION_INTERVAL).await;
            sandbox.revoke_access_tokens();
        }
    };
    let measurement = async {
        sleep(time / 4).await;
        remains.note_warm();
    };
    let clients = async { tokio::join!(join_all(clients), measurement).0 };
    let uploads = tokio::select! {
        uploads = clients => uploads,
        () = revocations => unreachable!("it does not end"),
    };
    uploads.concat()
}

/// Returns a line with the number of occurrences of each word.
fn counts(words: impl Iterator<Item = String>) -> String {
    let mut counts = BTreeMap::<String, usize>::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    let lines = counts
        .iter()
        .map(|(word, count)| format!("  {count:>7}  {word}\n"));
    lines.collect()
}
