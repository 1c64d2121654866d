//! Clients that send slowly. Every limit but the one in question is an hour, so that no other can
//! have ended what it ends; nothing asserts how soon that was.

use std::time::Duration;

use gateway_tests::{Gateway, OBJECT_KEY, Wire, assert_untouched, upstream_storing};
use wiremock::MockServer;

use crate::{gateway, upload};

const HOUR: &str = "3600000";

/// How long a slow client rests between two parts: far below any limit of these tests.
const REST: Duration = Duration::from_millis(5);

/// A gateway of one slot and one connection with these limits: head, idle, whole body.
async fn patient(upstream: &str, head: &str, idle: &str, whole: &str) -> Gateway {
    let settings = [
        ("MAX_UPLOADS_IN_FLIGHT", "1"),
        ("MAX_CONNECTIONS", "1"),
        ("HEAD_TIMEOUT_MS", head),
        ("IDLE_TIMEOUT_MS", idle),
        ("RECEIVE_TIMEOUT_MS", whole),
    ];
    gateway(upstream, &settings).await
}

/// Sends `part` again and again until the gateway answers or closes.
async fn drip(wire: &mut Wire, part: &[u8]) {
    while !wire.is_readable_within(REST).await {
        if wire.send(part).await.is_err() {
            break;
        }
    }
}

/// Sends the head of an upload with a body far larger than any that is sent here.
async fn begin(gateway: &Gateway) -> Wire {
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(upload().head(&["Content-Length: 6000000"]))
        .await
        .expect("an open connection");
    wire
}

/// The upload is refused for what is said in `reason`, and leaves nothing behind.
async fn assert_cut_off(mut wire: Wire, reason: &str, upstream: &MockServer, gateway: &Gateway) {
    let answer = wire.answer().await.expect("an answer");
    answer.assert_refused(408, "3", &[reason]);
    assert_untouched(upstream).await;
    drop(wire);
    assert_free(gateway).await;
}

/// The only slot and the only connection are free again.
async fn assert_free(gateway: &Gateway) {
    let message = upload().to_bytes();
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(message).await.expect("an open connection");
    let answer = wire.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), "1000", HOUR, HOUR).await;
    let mut wire = Wire::open(gateway.address()).await;
    assert!(wire.answer().await.is_none());
    assert_free(&gateway).await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), "1000", HOUR, HOUR).await;
    let mut wire = Wire::open(gateway.address()).await;
    wire.send("POST / HTTP/1.1\r\nx-note: ")
        .await
        .expect("an open connection");
    drip(&mut wire, b"x").await;
    assert!(wire.answer().await.is_none());
    assert_untouched(&upstream).await;
    assert_free(&gateway).await;
}

#[tokio::test]
async fn a_connection_that_is_idle_after_an_answer_is_closed() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), "1000", HOUR, HOUR).await;
    let message = upload().to_bytes();
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(message).await.expect("an open connection");
    assert_eq!(wire.answer().await.expect("an answer").status, 200);
    assert!(wire.answer().await.is_none());
    assert_free(&gateway).await;
}

#[tokio::test]
async fn a_body_that_never_begins_is_cut_off() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), HOUR, "200", HOUR).await;
    let wire = begin(&gateway).await;
    assert_cut_off(wire, "without a pause", &upstream, &gateway).await;
}

#[tokio::test]
async fn a_body_that_pauses_is_cut_off() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), HOUR, "200", HOUR).await;
    let mut wire = begin(&gateway).await;
    // So much that the average is above the least one for minutes.
    wire.send(vec![b' '; 1_000_000])
        .await
        .expect("an open connection");
    assert_cut_off(wire, "without a pause", &upstream, &gateway).await;
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), HOUR, "2000", HOUR).await;
    let mut wire = begin(&gateway).await;
    // Never a pause, and at most 1,600 bytes a second.
    drip(&mut wire, b"        ").await;
    assert_cut_off(wire, "4096 bytes a second", &upstream, &gateway).await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_off() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), HOUR, HOUR, "400").await;
    let mut wire = begin(&gateway).await;
    drip(&mut wire, &[b' '; 1_000]).await;
    assert_cut_off(wire, "did not arrive in time", &upstream, &gateway).await;
}

#[tokio::test]
async fn a_body_in_small_pieces_without_long_pauses_passes() {
    let upstream = upstream_storing().await;
    let gateway = patient(&upstream.uri(), HOUR, "30000", HOUR).await;
    let mut wire = Wire::open(gateway.address()).await;
    let upload = upload();
    let length = format!("Content-Length: {}", upload.body.len());
    for byte in upload
        .head(&[&length])
        .as_bytes()
        .iter()
        .chain(&upload.body)
    {
        wire.send([*byte]).await.expect("an open connection");
    }
    let answer = wire.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}
