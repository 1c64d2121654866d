//! Scanning is suspended after several failures in a row.

use std::time::Duration;

use ccmessaging_sandbox::Sandbox;
use gateway_tests::{InProcessGateway, Request, Script, ScriptedUpstream, Step};

use super::{CLEAN, NOT_SCANNED_WORDS, scanner};

/// Scanning is suspended after this many failures in a row.
const MAX_FAILURES: usize = 5;

/// How long scanning is suspended.
const PAUSE: Duration = Duration::from_secs(10);

const NEARLY_PAUSE: Duration = Duration::from_millis(9_999);

struct Scene {
    sandbox: Sandbox,
    gateway: InProcessGateway,
}

impl Scene {
    async fn new(scanner: &ScriptedUpstream, settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::builder().start().await;
        let sandbox = sandbox.expect("the sandbox starts");
        let (url, clamd) = (sandbox.base_url(), scanner.clamd());
        let own = [("UPSTREAM_BASE_URL", &*url), ("SCAN_CLAMD", &*clamd)];
        let settings = [&own, settings].concat();
        let gateway = InProcessGateway::start(&settings).await;
        Self { sandbox, gateway }
    }

    async fn refused(&self) {
        let request = Request::png().admitted_by(&self.sandbox);
        let answer = self.gateway.send(&request).await;
        answer.assert_refused(500, "13", &NOT_SCANNED_WORDS);
        assert_eq!(self.sandbox.requests(), 0);
    }

    async fn stored(&self) {
        let request = Request::png().admitted_by(&self.sandbox);
        self.gateway.send(&request).await.assert_stored();
    }
}

#[tokio::test]
async fn consecutive_failures_suspend_scanning_and_one_more_suspends_it_again() {
    let scanner = scanner("no clamd").await;
    let mut scene = Scene::new(&scanner, &[]).await;
    scene.gateway = scene.gateway.with_stopped_clock();
    for count in 1..=MAX_FAILURES {
        scene.refused().await;
        assert_eq!(scanner.connections(), count);
    }
    for round in 1..=2 {
        for _ in 0..3 {
            scene.refused().await;
        }
        scene.gateway.advance(NEARLY_PAUSE).await;
        scene.refused().await;
        assert_eq!(scanner.connections(), MAX_FAILURES + round - 1);
        scene.gateway.advance(Duration::from_millis(1)).await;
        scene.refused().await;
        assert_eq!(scanner.connections(), MAX_FAILURES + round);
    }
}

#[tokio::test]
async fn one_success_resumes_scanning() {
    // The first connections end without clamd's words, the later ones as they should.
    let scanner = ScriptedUpstream::start_changing(
        vec![Script::scanning("no clamd"); MAX_FAILURES],
        Script::scanning(CLEAN),
    )
    .await;
    let scene = Scene::new(&scanner, &[]).await;
    for _ in 0..=MAX_FAILURES {
        scene.refused().await;
    }
    scene.gateway.advance(PAUSE).await;
    for count in 1..=3 {
        scene.stored().await;
        assert_eq!(scanner.connections(), MAX_FAILURES + count);
    }
}

#[tokio::test]
async fn files_that_the_scanner_rejects_do_not_suspend_scanning() {
    for script in [
        Script::scanning("INSTREAM size limit exceeded. ERROR\0"),
        Script::new([Step::ReadScan, Step::Reset]),
    ] {
        let scanner = ScriptedUpstream::start(script).await;
        let scene = Scene::new(&scanner, &[]).await;
        for count in 1..=2 * MAX_FAILURES {
            scene.refused().await;
            assert_eq!(scanner.connections(), count);
        }
    }
}

#[tokio::test]
async fn only_scanner_timeouts_count_as_failures() {
    // A scanner that did not answer is pinged, too.
    for (scan_timeout, upload_timeout, most_connections) in [
        ("200", "60000", 2 * MAX_FAILURES),
        ("60000", "200", usize::MAX),
    ] {
        let scanner = ScriptedUpstream::start(Script::new([Step::Wait])).await;
        let settings = [
            ("SCAN_TIMEOUT_MS", scan_timeout),
            ("UPSTREAM_TIMEOUT_MS", upload_timeout),
        ];
        let scene = Scene::new(&scanner, &settings).await;
        let each = if most_connections == usize::MAX { 1 } else { 2 };
        for count in 1..=MAX_FAILURES + 2 {
            scene.refused().await;
            assert_eq!(scanner.connections(), (each * count).min(most_connections));
        }
    }
}

#[tokio::test]
async fn files_that_are_scanned_slowly_do_not_suspend_scanning() {
    let slow = Script::new([Step::Wait]);
    let pong = Script::new([
        Step::ReadBytes(b"zPING\0".len()),
        Step::Write(b"PONG\0".to_vec()),
    ]);
    let scripts = vec![[slow, pong]; 2 * MAX_FAILURES].concat();
    let scanner = ScriptedUpstream::start_changing(scripts, Script::scanning(CLEAN)).await;
    let settings = [("SCAN_TIMEOUT_MS", "200"), ("UPSTREAM_TIMEOUT_MS", "60000")];
    let scene = Scene::new(&scanner, &settings).await;
    for count in 1..=2 * MAX_FAILURES {
        scene.refused().await;
        assert_eq!(scanner.connections(), 2 * count);
    }
    scene.stored().await;
}

/// FunctionGraph's headers, which any caller of a server can send.
#[tokio::test]
async fn callers_do_not_suspend_scanning_by_a_short_deadline() {
    let scripts = vec![Script::new([Step::Wait]); 2 * MAX_FAILURES];
    let scanner = ScriptedUpstream::start_changing(scripts, Script::scanning(CLEAN)).await;
    // The scan has more than half of its time, but not all of it.
    let scene = Scene::new(&scanner, &[("SCAN_TIMEOUT_MS", "1100")]).await;
    for count in 1..=2 * MAX_FAILURES {
        let request = Request::png().admitted_by(&scene.sandbox);
        let request = request.with("x-cff-request-id", "hurried");
        let answer = scene
            .gateway
            .send(&request.with("x-cff-timeout", "1"))
            .await;
        answer.assert_refused(500, "13", &NOT_SCANNED_WORDS);
        assert_eq!(scanner.connections(), count);
    }
    scene.stored().await;
}

#[tokio::test]
async fn suspended_scanning_rejects_no_upload_if_failures_are_allowed() {
    let scanner = scanner("no clamd").await;
    let scene = Scene::new(&scanner, &[("SCAN_FAILURE", "allow")]).await;
    for _ in 0..2 * MAX_FAILURES {
        scene.stored().await;
    }
    assert_eq!(scanner.connections(), MAX_FAILURES);
}

/// A scan that ends without information about the scanner changes nothing.
#[tokio::test]
async fn scan_ended_by_the_upload_deadline_does_not_suspend_scanning() {
    let mut scripts = vec![Script::scanning("no clamd"); MAX_FAILURES];
    // The upload's time is over before the scanner's half is.
    scripts.push(Script::new([Step::Wait]));
    let scanner = ScriptedUpstream::start_changing(scripts, Script::scanning(CLEAN)).await;
    let settings = [
        ("SCAN_TIMEOUT_MS", "60000"),
        ("UPSTREAM_TIMEOUT_MS", "1000"),
    ];
    let scene = Scene::new(&scanner, &settings).await;
    for _ in 0..MAX_FAILURES {
        scene.refused().await;
    }
    scene.gateway.advance(PAUSE).await;
    scene.refused().await;
    scene.stored().await;
}

#[tokio::test]
async fn any_scanner_response_resets_the_failure_count() {
    let mut scripts = vec![Script::scanning("no clamd"); MAX_FAILURES - 1];
    scripts.push(Script::scanning("INSTREAM size limit exceeded. ERROR\0"));
    let scanner = ScriptedUpstream::start_changing(scripts, Script::scanning("no clamd")).await;
    let scene = Scene::new(&scanner, &[]).await;
    for count in 1..2 * MAX_FAILURES {
        scene.refused().await;
        assert_eq!(scanner.connections(), count);
    }
}
