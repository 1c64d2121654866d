//! A scanner that fails again and again is left alone.

use std::time::Duration;

use ccmessaging_sandbox::{ManualClock, Sandbox};
use gateway_tests::{InProcessGateway, Request, Script, ScriptedUpstream, Step};

use super::{CLEAN, NOT_SCANNED_WORDS, scanner};

/// So many failures in a row are enough.
const MOST_FAILURES: usize = 5;

/// For so long the scanner is left alone.
const PAUSE: Duration = Duration::from_secs(10);

const NEARLY_PAUSE: Duration = Duration::from_millis(9_999);

struct Scene {
    sandbox: Sandbox,
    gateway: InProcessGateway,
    clock: ManualClock,
}

impl Scene {
    async fn new(scanner: &ScriptedUpstream, settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::builder().start().await;
        let sandbox = sandbox.expect("the sandbox starts");
        let (url, clamd) = (sandbox.base_url(), scanner.clamd());
        let own = [("UPSTREAM_BASE_URL", &*url), ("SCAN_CLAMD", &*clamd)];
        let clock = ManualClock::new();
        let settings = [&own, settings].concat();
        let gateway = InProcessGateway::start(&settings, clock.clone());
        Self {
            sandbox,
            gateway,
            clock,
        }
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
async fn after_failures_in_a_row_it_is_left_alone_and_then_tried_once() {
    let scanner = scanner("no clamd").await;
    let scene = Scene::new(&scanner, &[]).await;
    for count in 1..=MOST_FAILURES {
        scene.refused().await;
        assert_eq!(scanner.connections(), count);
    }
    for round in 1..=2 {
        for _ in 0..3 {
            scene.refused().await;
        }
        scene.clock.advance(NEARLY_PAUSE);
        scene.refused().await;
        assert_eq!(scanner.connections(), MOST_FAILURES + round - 1);
        scene.clock.advance(Duration::from_millis(1));
        scene.refused().await;
        assert_eq!(scanner.connections(), MOST_FAILURES + round);
    }
}

#[tokio::test]
async fn after_one_success_it_is_trusted_again() {
    // The first connections end without clamd's words, the later ones as they should.
    let scanner = ScriptedUpstream::start_changing(
        vec![Script::scanning("no clamd"); MOST_FAILURES],
        Script::scanning(CLEAN),
    )
    .await;
    let scene = Scene::new(&scanner, &[]).await;
    for _ in 0..=MOST_FAILURES {
        scene.refused().await;
    }
    scene.clock.advance(PAUSE);
    for count in 1..=3 {
        scene.stored().await;
        assert_eq!(scanner.connections(), MOST_FAILURES + count);
    }
}

#[tokio::test]
async fn files_that_it_does_not_take_are_no_failures_of_its_own() {
    for script in [
        Script::scanning("INSTREAM size limit exceeded. ERROR\0"),
        Script::new([Step::ReadScan, Step::Reset]),
    ] {
        let scanner = ScriptedUpstream::start(script).await;
        let scene = Scene::new(&scanner, &[]).await;
        for count in 1..=2 * MOST_FAILURES {
            scene.refused().await;
            assert_eq!(scanner.connections(), count);
        }
    }
}

#[tokio::test]
async fn only_who_had_its_time_and_did_not_answer_has_failed() {
    for (scan_timeout, upload_timeout, most_connections) in [
        ("200", "60000", MOST_FAILURES),
        ("60000", "200", usize::MAX),
    ] {
        let scanner = ScriptedUpstream::start(Script::new([Step::Wait])).await;
        let settings = [
            ("SCAN_TIMEOUT_MS", scan_timeout),
            ("UPSTREAM_TIMEOUT_MS", upload_timeout),
        ];
        let scene = Scene::new(&scanner, &settings).await;
        for count in 1..=MOST_FAILURES + 2 {
            scene.refused().await;
            assert_eq!(scanner.connections(), count.min(most_connections));
        }
    }
}

#[tokio::test]
async fn a_scanner_that_is_left_alone_keeps_no_file_back_where_that_is_allowed() {
    let scanner = scanner("no clamd").await;
    let scene = Scene::new(&scanner, &[("SCAN_FAILURE", "allow")]).await;
    for _ in 0..2 * MOST_FAILURES {
        scene.stored().await;
    }
    assert_eq!(scanner.connections(), MOST_FAILURES);
}

/// Whoever may try it after a pause and does not see it through leaves the try to the next.
#[tokio::test]
async fn a_try_that_tells_nothing_is_followed_by_another_at_once() {
    let mut scripts = vec![Script::scanning("no clamd"); MOST_FAILURES];
    // The upload's time is over before the scanner's half is.
    scripts.push(Script::new([Step::Wait]));
    let scanner = ScriptedUpstream::start_changing(scripts, Script::scanning(CLEAN)).await;
    let settings = [
        ("SCAN_TIMEOUT_MS", "60000"),
        ("UPSTREAM_TIMEOUT_MS", "1000"),
    ];
    let scene = Scene::new(&scanner, &settings).await;
    for _ in 0..MOST_FAILURES {
        scene.refused().await;
    }
    scene.clock.advance(PAUSE);
    scene.refused().await;
    scene.stored().await;
}

#[tokio::test]
async fn an_answer_of_any_kind_ends_the_row_of_failures() {
    let mut scripts = vec![Script::scanning("no clamd"); MOST_FAILURES - 1];
    scripts.push(Script::scanning("INSTREAM size limit exceeded. ERROR\0"));
    let scanner = ScriptedUpstream::start_changing(scripts, Script::scanning("no clamd")).await;
    let scene = Scene::new(&scanner, &[]).await;
    for count in 1..2 * MOST_FAILURES {
        scene.refused().await;
        assert_eq!(scanner.connections(), count);
    }
}
