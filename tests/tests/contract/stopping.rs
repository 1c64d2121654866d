//! The end of a server.

use futures_util::future::join_all;
use gateway_tests::{Platform, Request, Script, ScriptedUpstream, json_lines, log_lines};
use tokio::net::TcpStream;

use crate::gateway;

const UPLOADS: usize = 8;

#[tokio::test]
async fn a_server_that_stops_finishes_requests_in_flight() {
    let upstream = ScriptedUpstream::start(Script::holding()).await;
    let mut gateway = gateway(Platform::Http, &upstream.uri(), &[]).await;
    let request = Request::png();
    // Enough for several threads to have some.
    let uploads = std::iter::repeat_with(|| gateway.send(&request)).take(UPLOADS);
    let (answers, ()) = tokio::join!(join_all(uploads), async {
        upstream.until_complete(UPLOADS).await;
        gateway.process().terminate();
        // It takes no more connections from the moment on at which it stops.
        while TcpStream::connect(gateway.address()).await.is_ok() {
            tokio::task::yield_now().await;
        }
        gateway.until_said("draining").await;
        upstream.release();
    });
    for answer in answers {
        answer.assert_stored();
    }
    assert_eq!(gateway.wait().await.code(), Some(0));
    let log = gateway.stop().await;
    assert_eq!(log_lines(&log, "asked to stop")[0]["signal"], "SIGTERM");
    let draining = &log_lines(&log, "draining")[0];
    assert!(draining["connections"].as_u64() >= Some(UPLOADS as u64));
    let last = json_lines(&log).last().expect("a line");
    assert_eq!(last["message"], "stopped", "{log}");
}

#[tokio::test]
async fn a_server_that_stops_right_after_it_started_exits_with_success() {
    let upstream = ScriptedUpstream::start(Script::storing()).await;
    for _ in 0..UPLOADS {
        let mut gateway = gateway(Platform::Http, &upstream.uri(), &[]).await;
        gateway.process().terminate();
        assert_eq!(gateway.wait().await.code(), Some(0));
    }
}
