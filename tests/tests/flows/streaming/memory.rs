//! What a file that is sent on takes of the gateway's memory, however large it is.

use futures_util::future::join_all;
use gateway_tests::{Form, Request, Script, ScriptedUpstream, Wire, gateway_threads};

use super::{MIB, film, raw, streaming_gateway};

/// The most that a streamed upload takes, with what its two connections hold: in a release build. The
/// steps of one that is not optimised are larger.
const BYTES_AN_UPLOAD: usize = if cfg!(debug_assertions) { 384 } else { 256 } * 1024;

/// What a scan takes besides.
const BYTES_A_SCAN: usize = 128 * 1024;

/// What the first upload takes once and for all, and what an allocator does not give back.
const SLACK_BYTES: usize = 3 * MIB;

/// Enough for the first one's share to be small.
const UPLOADS: usize = 16;

/// Sends so many uploads at once to an upstream that takes none of them before all have come as far
/// as they can; how much the process has grown for them.
async fn growth(request: &Request, uploads: usize, settings: &[(&str, &str)]) -> usize {
    let upstream = ScriptedUpstream::start(Script::stalling()).await;
    let gateway = streaming_gateway(&upstream.uri(), settings).await;
    let process = gateway.process();
    let base = process.peak_resident_bytes();
    let message = request.to_bytes();
    let send = async || {
        let mut wire = Wire::open(gateway.address()).await;
        wire.store(&message).await;
    };
    let release = async {
        upstream.until_begun(uploads).await;
        upstream.release();
    };
    tokio::join!(join_all((0..uploads).map(|_| send())), release);
    process.peak_growth(base)
}

#[tokio::test]
async fn streamed_uploads_take_a_small_part_of_their_files() {
    assert_small(&[], BYTES_AN_UPLOAD).await;
}

#[tokio::test]
async fn a_scan_adds_little_to_that() {
    let scanner = ScriptedUpstream::start(Script::scanning("stream: OK\0")).await;
    let settings = [("SCAN_CLAMD", &*scanner.clamd())];
    assert_small(&settings, BYTES_AN_UPLOAD + BYTES_A_SCAN).await;
}

async fn assert_small(settings: &[(&str, &str)], most_bytes: usize) {
    let film = film(8 * MIB);
    let form = Form::new().file("film.mp4", "video/mp4", &film).request();
    let threads = gateway_threads();
    for request in [raw(&film), form] {
        let one = growth(&request, 1, settings).await;
        // One for each thread, which takes something once and for all too.
        let few = growth(&request, threads, settings).await;
        let many = growth(&request, threads + UPLOADS, settings).await;
        let each = many.saturating_sub(few) / UPLOADS;
        println!("the first upload {one} bytes, each further one {each}");
        assert!(one <= most_bytes + SLACK_BYTES, "{one}");
        assert!(each <= most_bytes, "{each}");
    }
}
