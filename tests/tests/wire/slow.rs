//! Clients that send slowly, or do not read. Every limit but the one in question is an hour, so that no other can
//! have ended what it ends; nothing asserts how soon that was.

use std::time::Duration;

use gateway_tests::{Request, Storing, Wire, assert_untouched};

use crate::{store, storing};

const HOUR: &str = "3600000";

const MAX_BODY_BYTES: &str = "6000000";

/// How long a slow client rests between two parts: far below any limit of these tests.
const REST: Duration = Duration::from_millis(5);

/// A gateway of one place, memory for one body, and one connection with these limits: head, idle, whole body.
async fn patient(head: &str, idle: &str, whole: &str) -> Storing {
    storing(&[
        ("MAX_UPLOADS_IN_FLIGHT", "1"),
        ("MAX_BODY_BYTES", MAX_BODY_BYTES),
        ("MAX_BODY_MEMORY_BYTES", MAX_BODY_BYTES),
        ("MAX_CONNECTIONS", "1"),
        ("HEAD_TIMEOUT_MS", head),
        ("IDLE_TIMEOUT_MS", idle),
        ("RECEIVE_TIMEOUT_MS", whole),
    ])
    .await
}

/// Sends `part` again and again until the gateway answers or closes.
async fn drip(wire: &mut Wire, part: &[u8]) {
    while !wire.is_readable_within(REST).await {
        if wire.try_send(part).await.is_err() {
            break;
        }
    }
}

/// Sends the head of an upload with a body far larger than any that is sent here.
async fn begin(service: &Storing) -> Wire {
    let mut wire = Wire::open(service.gateway.address()).await;
    wire.send(Request::png().head(&["Content-Length: 6000000"]))
        .await;
    wire
}

/// The upload is refused for what is said in `reason`, and leaves nothing behind.
async fn assert_cut_off(mut wire: Wire, reason: &str, service: &Storing) {
    wire.answer().await.assert_refused(408, "3", &[reason]);
    assert_untouched(&service.upstream).await;
    drop(wire);
    assert_free(service).await;
}

/// The only slot and the only connection are free again.
async fn assert_free(service: &Storing) {
    store(&service.gateway, Request::png().to_bytes()).await;
}

#[tokio::test]
async fn connection_without_a_request_is_closed() {
    let service = patient("1000", HOUR, HOUR).await;
    let mut wire = Wire::open(service.gateway.address()).await;
    assert!(wire.try_answer().await.is_none());
    assert_free(&service).await;
}

#[tokio::test]
async fn incomplete_head_times_out() {
    let service = patient("1000", HOUR, HOUR).await;
    let mut wire = Wire::open(service.gateway.address()).await;
    wire.send("POST / HTTP/1.1\r\nx-note: ").await;
    drip(&mut wire, b"x").await;
    assert!(wire.try_answer().await.is_none());
    assert_untouched(&service.upstream).await;
    assert_free(&service).await;
}

#[tokio::test]
async fn idle_connection_is_closed_after_a_response() {
    let service = patient("1000", HOUR, HOUR).await;
    let (_, mut wire) = store(&service.gateway, Request::png().to_bytes()).await;
    assert!(wire.try_answer().await.is_none());
    assert_free(&service).await;
}

#[tokio::test]
async fn body_that_never_starts_times_out() {
    let service = patient(HOUR, "200", HOUR).await;
    let wire = begin(&service).await;
    assert_cut_off(wire, "without a pause", &service).await;
}

#[tokio::test]
async fn paused_body_times_out() {
    let service = patient(HOUR, "200", HOUR).await;
    let mut wire = begin(&service).await;
    // So much that the average is above the least one for minutes.
    wire.send(vec![b' '; 1_000_000]).await;
    assert_cut_off(wire, "without a pause", &service).await;
}

#[tokio::test]
async fn body_shorter_than_declared_is_called_incomplete() {
    let service = patient(HOUR, "500", HOUR).await;
    let mut wire = begin(&service).await;
    // So little that the average falls below the least one before the pause is too long.
    wire.send([b' '; 100]).await;
    assert_cut_off(wire, "100 of the 6000000 bytes", &service).await;
}

#[tokio::test]
async fn dripping_body_times_out() {
    let service = patient(HOUR, "2000", HOUR).await;
    let mut wire = begin(&service).await;
    // Never a pause, and at most 1,600 bytes a second.
    drip(&mut wire, b"        ").await;
    assert_cut_off(wire, "4096 bytes a second", &service).await;
}

#[tokio::test]
async fn body_that_never_ends_times_out() {
    let service = patient(HOUR, HOUR, "400").await;
    let mut wire = begin(&service).await;
    drip(&mut wire, &[b' '; 1_000]).await;
    assert_cut_off(wire, "did not arrive in time", &service).await;
}

#[tokio::test]
async fn slow_but_steady_body_is_accepted() {
    let service = patient(HOUR, "30000", HOUR).await;
    let mut wire = Wire::open(service.gateway.address()).await;
    for byte in Request::png().to_bytes() {
        wire.send([byte]).await;
    }
    wire.answer().await.assert_stored();
}

/// One response fits into the socket buffers. A client that keeps sending requests without reading fills
/// them, and the gateway must time out.
#[tokio::test]
async fn clients_that_never_read_are_disconnected() {
    let service = storing(&[("MAX_CONNECTIONS", "1"), ("IDLE_TIMEOUT_MS", "300")]).await;
    let mut wire = Wire::open_narrow(service.gateway.address()).await;
    let requests = "GET /healthz HTTP/1.1\r\nHost: gateway.example\r\n\r\n".repeat(1_000);
    while wire.try_send(&requests).await.is_ok() {}
    store(&service.gateway, Request::png().to_bytes()).await;
}
