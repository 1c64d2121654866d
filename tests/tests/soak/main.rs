//! Many uploads of every kind at once, through the real program, to a contact centre that fails
//! every fifth time. No file may be lost, and nothing may be left behind.
//!
//! It runs for a few seconds with the other tests. For as long as one likes, with the report:
//!
//! ```sh
//! SOAK_SECONDS=120 cargo test --release -p gateway-tests --test soak -- --nocapture
//! ```
//!
//! `SOAK_SEED` chooses another course of chance. All traffic stays on the loopback interface.

mod audit;
mod client;
mod faults;
mod files;
mod kinds;
mod remains;
mod tally;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ccmessaging_sandbox::{RotationPolicy, Sandbox, Storage};
use gateway_tests::{Door, Gateway};

use audit::Audit;
use client::{Client, Course};
use faults::Injected;
use remains::Remains;
use tally::Tally;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

const CLIENTS: usize = 24;

/// More than there are clients: none of the uploads of a sound gateway finds it full.
const SLOTS: usize = 32;

/// However long it runs, it ends after so many uploads.
const MOST_UPLOADS: usize = 30_000;

const USUAL_SECONDS: u64 = 4;

/// Access tokens live shorter than a long run, so they are renewed ahead of their end.
const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(20);

/// So often all access tokens are declared void. The gateway replaces a refused one at most every
/// ten seconds.
const REVOCATION_INTERVAL: Duration = Duration::from_secs(13);

/// Below the longest delay among the faults, so that some uploads come too late.
const UPSTREAM_TIMEOUT_MS: &str = "2000";

#[tokio::test(flavor = "multi_thread")]
async fn no_upload_is_lost_and_nothing_is_left_behind() {
    let seconds = number("SOAK_SECONDS").unwrap_or(USUAL_SECONDS);
    let seed = number("SOAK_SEED").unwrap_or_default();
    let folder = tempfile::tempdir().expect("a folder");
    let injected = Injected::default();
    let sandbox = sandbox(folder.path(), seed, &injected).await;
    let gateway = gateway(&sandbox).await;
    let mut remains = Remains::at_start(&gateway);

    let tally = uploads(&sandbox, &gateway, seconds, seed, &mut remains).await;
    sandbox.set_faults([]);
    let injected = injected.report(&sandbox);
    let audit = Audit::of(&tally, &sandbox);
    let mut violations = remains.look(&gateway, sandbox, SLOTS).await;
    println!(
        "soak: {seconds} s, {CLIENTS} clients, seed {seed}\n{tally}{injected}{audit}{remains}"
    );
    violations.extend(audit.violations);
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} has to be a whole number")),
    )
}

async fn sandbox(folder: &std::path::Path, seed: u64, injected: &Injected) -> Sandbox {
    let counter = injected.clone();
    Sandbox::builder()
        .access_token_lifetime(ACCESS_TOKEN_LIFETIME)
        .rotate_session_token(RotationPolicy::every_call())
        .storage(Storage::Folder(folder.to_owned()))
        .faults(faults::plan())
        .fault_seed(seed)
        .observe(move |exchange| counter.count(exchange))
        .start()
        .await
        .expect("the sandbox starts")
}

/// The gateway with credentials of its own, which lets callers bring theirs.
async fn gateway(sandbox: &Sandbox) -> Gateway {
    let slots = SLOTS.to_string();
    let settings = [
        ("UPSTREAM_BASE_URL", sandbox.base_url()),
        ("UPSTREAM_TIMEOUT_MS", UPSTREAM_TIMEOUT_MS.to_owned()),
        ("APP_KEY", sandbox.app_key().to_owned()),
        ("APP_SECRET", sandbox.app_secret().to_owned()),
        ("CALLER_CREDENTIALS", "preferred".to_owned()),
        ("MAX_UPLOADS_IN_FLIGHT", slots),
    ];
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Gateway::start(PROGRAM, Door::Http, &settings).await
}

/// Lets the clients upload until the time is over. The gateway's memory is measured when the
/// first quarter is: by then it has all that it keeps.
async fn uploads(
    sandbox: &Sandbox,
    gateway: &Gateway,
    seconds: u64,
    seed: u64,
    remains: &mut Remains,
) -> Tally {
    let begun = Instant::now();
    let time = Duration::from_secs(seconds);
    let course = Arc::new(Course::new(begun + time, MOST_UPLOADS));
    let clients = (0..CLIENTS).map(|number| {
        let client = Client::new(
            number,
            seed,
            sandbox,
            gateway.address(),
            Arc::clone(&course),
        );
        client.run()
    });
    let revocations = async {
        loop {
            tokio::time::sleep(REVOCATION_INTERVAL).await;
            sandbox.revoke_access_tokens();
        }
    };
    let measurement = async {
        tokio::time::sleep(time / 4).await;
        remains.note_warm();
    };
    let clients = async { tokio::join!(futures_util::future::join_all(clients), measurement).0 };
    let tallies = tokio::select! {
        tallies = clients => tallies,
        () = revocations => unreachable!("it does not end"),
    };
    tallies.into_iter().collect()
}
