//! Files that are sent on while they arrive: scanned meanwhile, and their end held back.

use gateway_tests::{Form, Gateway, Request, Script, ScriptedUpstream, Step, Wire, upload_line};

use super::{CLEAN, FOUND, FOUND_WORDS, NAME, NOT_SCANNED_WORDS, scanner};
use crate::streaming::{MIB, assert_incomplete, film, large_sandbox, raw, send, streaming_gateway};

/// A gateway that sends on what it may, with this scanner.
async fn gateway(upstream: &str, scanner: &ScriptedUpstream, settings: &[(&str, &str)]) -> Gateway {
    let clamd = scanner.clamd();
    let settings = [&[("SCAN_CLAMD", clamd.as_str())], settings].concat();
    streaming_gateway(upstream, &settings).await
}

/// A film as the body, with and without a declared length, and in a form.
fn requests(film: &[u8]) -> [(Request, bool); 3] {
    let form = Form::new().file("film.mp4", "video/mp4", film).request();
    [(raw(film), false), (raw(film), true), (form, false)]
}

#[tokio::test]
async fn a_clean_file_reaches_both_whole() {
    let film = film(3 * MIB);
    for (request, is_chunked) in requests(&film) {
        let scanner = scanner(CLEAN).await;
        let sandbox = large_sandbox().await;
        let gateway = gateway(&sandbox.base_url(), &scanner, &[]).await;
        let answer = send(&gateway, &request.admitted_by(&sandbox), is_chunked).await;
        let key = answer.assert_stored();
        assert!(sandbox.file(&key).expect("a file") == film);
        assert!(scanner.scanned() == [film.clone()]);
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["streamed"], true);
        assert_eq!(line["scan"], "clean");
        assert!(line["scan_ms"].is_u64(), "{line}");
    }
}

#[tokio::test]
async fn the_end_is_held_back_until_the_verdict() {
    let script = [Step::ReadScan, Step::Hold, Step::Write(CLEAN.into())];
    let scanner = ScriptedUpstream::start(Script::new(script)).await;
    let upstream = ScriptedUpstream::start(Script::storing()).await;
    let settings = [("SCAN_TIMEOUT_MS", "120000")];
    let gateway = gateway(&upstream.uri(), &scanner, &settings).await;
    let request = raw(&film(2 * MIB));
    let watch = async {
        scanner.until_scanned(1).await;
        upstream.until_begun(1).await;
        let seen = upstream.requests();
        assert!(!seen[0].is_complete, "{seen:?}");
        scanner.release();
    };
    let (answer, ()) = tokio::join!(gateway.send(&request), watch);
    answer.assert_stored();
}

#[tokio::test]
async fn of_a_file_in_which_something_is_found_the_upstream_never_sees_the_end() {
    for (request, is_chunked) in requests(&film(2 * MIB)) {
        let scanner = scanner(FOUND).await;
        let upstream = ScriptedUpstream::start(Script::storing()).await;
        let gateway = gateway(&upstream.uri(), &scanner, &[]).await;
        let answer = send(&gateway, &request, is_chunked).await;
        answer.assert_refused(200, "3", &FOUND_WORDS);
        assert!(!answer.text.contains(NAME));
        let seen = upstream.until_over(1).await;
        assert_eq!(seen.len(), 1);
        assert_incomplete(&seen[0]);
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["malware"], NAME);
    }
}

/// What a scanner may do instead of giving a verdict, and whether it does so before the file's end.
fn failures() -> [Script; 7] {
    let written = |text: &str| Step::Write(text.as_bytes().to_vec());
    [
        Script::new([Step::Reset]),
        Script::new([Step::ReadBytes(100_000), Step::Reset]),
        Script::new([
            Step::ReadBytes(100_000),
            written("INSTREAM size limit exceeded. ERROR\0"),
            Step::HangUp,
        ]),
        Script::new([Step::Stall]),
        Script::new([Step::ReadScan, Step::Wait]),
        Script::new([Step::ReadScan, written("HTTP/1.1 200 OK\r\n\r\n")]),
        Script::new([Step::ReadScan, written("stream: O"), Step::HangUp]),
    ]
}

/// So much that no buffers hold all of it.
const FILM_BYTES: usize = 24 * MIB;

#[tokio::test]
async fn without_a_verdict_the_upstream_never_sees_the_end() {
    for script in failures() {
        let scanner = ScriptedUpstream::start(script.clone()).await;
        let upstream = ScriptedUpstream::start(Script::storing()).await;
        let settings = [("SCAN_TIMEOUT_MS", "1000")];
        let gateway = gateway(&upstream.uri(), &scanner, &settings).await;
        let answer = gateway.send_chunked(&raw(&film(FILM_BYTES))).await;
        answer.assert_refused(500, "13", &NOT_SCANNED_WORDS);
        // The upstream may not have been called at all.
        for seen in upstream.requests() {
            assert!(!seen.is_complete, "{script:?}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn where_that_is_allowed_the_file_goes_on_without_a_verdict() {
    let film = film(FILM_BYTES);
    for script in failures() {
        let scanner = ScriptedUpstream::start(script.clone()).await;
        let sandbox = large_sandbox().await;
        let settings = [("SCAN_TIMEOUT_MS", "1000"), ("SCAN_FAILURE", "allow")];
        let gateway = gateway(&sandbox.base_url(), &scanner, &settings).await;
        let answer = gateway.send(&raw(&film).admitted_by(&sandbox)).await;
        let key = answer.assert_stored();
        assert!(sandbox.file(&key).expect("a file") == film);
        let line = upload_line(&gateway.stop().await);
        assert_eq!(line["scan"], "unavailable", "{script:?}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_scan() {
    let scanner = ScriptedUpstream::start(Script::new([Step::ReadScan])).await;
    let upstream = ScriptedUpstream::start(Script::storing()).await;
    let gateway = gateway(&upstream.uri(), &scanner, &[]).await;
    let request = raw(&film(2 * MIB));
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(request.head(&[&request.content_length()])).await;
    wire.send(&request.body[..MIB]).await;
    upstream.until_begun(1).await;
    drop(wire);
    assert_incomplete(&upstream.until_over(1).await[0]);
    // A verdict on a part of the file would be a verdict on another file.
    scanner.until_closed(1).await;
    assert!(scanner.scanned().is_empty());
}
