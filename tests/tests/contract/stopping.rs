//! The end of a server, and what it leaves in its log.

use futures_util::future::join_all;
use gateway_tests::{Door, HeldUpstream, Process, Request, sample};
use tokio::net::TcpStream;

use crate::gateway;

const UPLOADS: usize = 8;

#[tokio::test]
async fn a_server_that_is_told_to_stop_finishes_what_is_in_flight() {
    let mut upstream = HeldUpstream::start().await;
    let mut gateway = gateway(Door::Http, upstream.uri(), &[]).await;
    let request = Request::upload("png", &sample("rgb.png"));
    let process = Process::new(gateway.process_id().expect("running"));
    // Enough for several threads to have some.
    let uploads = std::iter::repeat_with(|| gateway.send(&request)).take(UPLOADS);
    let (answers, ()) = tokio::join!(join_all(uploads), async {
        upstream.until_holding(UPLOADS).await;
        process.terminate();
        // It takes no more connections from the moment on at which it stops.
        while TcpStream::connect(gateway.address()).await.is_ok() {
            tokio::task::yield_now().await;
        }
        upstream.release();
    });
    for answer in answers {
        assert_eq!(answer.json()["returnCode"], "0");
    }
    assert_eq!(gateway.wait().await.code(), Some(0));
}

#[tokio::test]
async fn an_upload_leaves_one_line_and_no_secret_in_the_log_at_any_level() {
    for level in ["info", "trace"] {
        for door in Door::ALL {
            let upstream = gateway_tests::upstream_storing().await;
            let settings = [("LOG_LEVEL", level)];
            let gateway = gateway(door, &upstream.uri(), &settings).await;
            let request = Request::upload("txt", b"a very private letter");
            assert_eq!(gateway.send(&request).await.json()["returnCode"], "0");
            let refused = request.with("authorization", "Basic private-password");
            assert_eq!(gateway.send(&refused).await.status, 401);

            let log = gateway.stop().await;
            let lines: Vec<serde_json::Value> = log
                .lines()
                .map(|line| serde_json::from_str(line).expect("every line is JSON"))
                .filter(|line: &serde_json::Value| line["message"] == "upload")
                .collect();
            assert_eq!(lines.len(), 2, "{log}");
            assert_eq!(lines[0]["outcome"], "stored");
            assert_eq!(lines[0]["lane"], "json");
            assert_eq!(lines[0]["file_type"], "txt");
            assert_eq!(lines[0]["decoded_bytes"], 21);
            assert_eq!(lines[0]["return_code"], "0");
            assert_eq!(lines[0]["upstream_status"], 200);
            assert_eq!(lines[1]["outcome"], "refused");
            assert_eq!(lines[1]["status"], 401);
            for secret in [
                "session-token-of-the-test",
                "app-key-of-the-test",
                "access-token-of-the-test",
                "private-password",
                "private letter",
                "YSB2ZXJ5IHByaXZhdGUgbGV0dGVy",
            ] {
                assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
            }
        }
    }
}
