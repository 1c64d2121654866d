//! More load than the gateway has capacity for.

use std::time::Duration;

use gateway_tests::{
    Gateway, OBJECT_KEY, PATIENT, Request, Script, ScriptedUpstream, Wire, assert_untouched,
    in_time, received,
};

use crate::{ask, scripted, store, storing};

/// Sets this limit to 2 and starts as many uploads, to which the upstream does not respond yet.
async fn two_held_uploads(limit: &str) -> (ScriptedUpstream, Gateway, [Wire; 2]) {
    let upstream = ScriptedUpstream::start(Script::holding()).await;
    let gateway = scripted(&upstream, &[(limit, "2")]).await;
    let mut wires = [
        Wire::open(gateway.address()).await,
        Wire::open(gateway.address()).await,
    ];
    for wire in &mut wires {
        wire.send(Request::png().to_bytes()).await;
    }
    upstream.until_complete(2).await;
    (upstream, gateway, wires)
}

#[tokio::test]
async fn full_gateway_rejects_before_the_body_arrives() {
    let (upstream, gateway, mut held) = two_held_uploads("MAX_UPLOADS_IN_FLIGHT").await;

    let request = Request::png();
    let (answer, mut shed) = ask(&gateway, request.head(&[&request.content_length()])).await;
    answer.assert_refused(503, "13", &["overloaded", "retry"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    // It does not ask for the body of a client that waits to be asked (RFC 9110 section 10.1.1).
    let asking = [&request.content_length(), "Expect: 100-continue"];
    let (answer, _) = ask(&gateway, request.head(&asking)).await;
    answer.assert_refused(503, "13", &["overloaded"]);
    assert_eq!(upstream.connections(), 2);

    // The body that was refused may still come; after it, the connection serves on.
    shed.send(request.body).await;
    upstream.release();
    for wire in &mut held {
        assert_eq!(wire.answer().await.assert_stored(), OBJECT_KEY);
    }
    shed.store(Request::png().to_bytes()).await;
}

/// A client that writes its whole body before it reads: were the connection closed under it, it
/// would see a reset instead of the answer.
#[tokio::test]
async fn client_that_keeps_sending_receives_the_rejection() {
    let service = storing(&[("MAX_BODY_BYTES", "4000000")]).await;
    let large = Request::new(vec![b' '; 4_000_000]);
    let cases = [
        (large.clone().without("authorization"), 401),
        (large.clone().path("/unknown"), 404),
        (large.path("/healthz"), 405),
        (Request::new(vec![b' '; 8_000_000]), 413),
    ];
    let mut wire = Wire::open(service.gateway.address()).await;
    for (request, status) in cases {
        let answer = wire.ask(request.to_bytes()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert_untouched(&service.upstream).await;
}

#[tokio::test]
async fn client_of_a_rejected_body_gets_the_response_after_sending_all_of_it() {
    const SENT: usize = 48 * 1024 * 1024;
    let service = storing(&[("MAX_BODY_BYTES", "1000")]).await;
    let mut wire = Wire::open(service.gateway.address()).await;
    let length = format!("Content-Length: {SENT}");
    wire.send(Request::png().head(&[&length])).await;
    wire.send(vec![b' '; SENT]).await;
    wire.answer()
        .await
        .assert_refused(413, "3", &["1000 bytes"]);
    wire.store(Request::png().to_bytes()).await;
    assert_eq!(received(&service.upstream).await.len(), 1);
}

#[tokio::test]
async fn draining_a_rejected_body_has_a_timeout() {
    let service = storing(&[("MAX_BODY_BYTES", "1000")]).await;
    let head = Request::png().head(&["Content-Length: 1001"]);
    let (answer, mut wire) = ask(&service.gateway, head).await;
    answer.assert_refused(413, "3", &["1000 bytes"]);
    assert_eq!(wire.drain().await, 0);
}

#[tokio::test]
async fn rejected_body_holds_no_memory_while_it_is_drained() {
    let settings = [
        ("MAX_BODY_BYTES", "100000"),
        ("MAX_BODY_MEMORY_BYTES", "100000"),
    ];
    let service = storing(&settings).await;
    // Without a declared length, so that it had its slot until the limit was passed.
    let head = Request::png().head(&["Transfer-Encoding: chunked"]);
    let chunk = format!("186a1\r\n{}\r\n", " ".repeat(100_001));
    let (answer, mut refused) = ask(&service.gateway, head + &chunk).await;
    answer.assert_refused(413, "3", &["100000 bytes"]);

    store(&service.gateway, Request::png().to_bytes()).await;

    refused.send("0\r\n\r\n").await;
    refused.store(Request::png().to_bytes()).await;
}

#[tokio::test]
async fn new_connection_evicts_the_longest_idle_one() {
    let service = storing(&[("MAX_CONNECTIONS", "2")]).await;
    let (_, mut first) = store(&service.gateway, Request::png().to_bytes()).await;
    let (_, mut second) = store(&service.gateway, Request::png().to_bytes()).await;
    let (_, mut third) = store(&service.gateway, Request::png().to_bytes()).await;
    assert!(first.try_answer().await.is_none());
    for wire in [&mut second, &mut third] {
        wire.store(Request::png().to_bytes()).await;
    }
}

#[tokio::test]
async fn silent_connections_do_not_block_uploads() {
    const LIMIT: usize = 8;
    let limit = LIMIT.to_string();
    let settings = [
        ("MAX_CONNECTIONS", limit.as_str()),
        ("HEAD_TIMEOUT_MS", "3600000"),
    ];
    let service = storing(&settings).await;
    let mut silent = Vec::new();
    for number in 0..2 * LIMIT {
        let mut wire = Wire::open(service.gateway.address()).await;
        if number % 2 == 0 {
            wire.send("POST / HTTP/1.1\r\nx-note: ").await;
        }
        silent.push(wire);
    }
    store(&service.gateway, Request::png().to_bytes()).await;
    for wire in &mut silent[..LIMIT] {
        assert!(wire.try_answer().await.is_none());
    }
}

#[tokio::test]
async fn connection_over_the_limit_waits_while_others_are_busy() {
    let (upstream, gateway, mut busy) = two_held_uploads("MAX_CONNECTIONS").await;
    let mut waiting = Wire::open(gateway.address()).await;
    waiting.send(Request::png().to_bytes()).await;
    assert!(!waiting.is_readable_within(Duration::from_millis(50)).await);
    assert_eq!(upstream.requests().len(), 2);

    upstream.release();
    for wire in busy.iter_mut().chain([&mut waiting]) {
        assert_eq!(wire.answer().await.assert_stored(), OBJECT_KEY);
    }
}

/// Begins a body of this length, once the gateway waits for it, with so many bytes.
async fn begin_body(gateway: &Gateway, length: usize, bytes: usize) -> Wire {
    let length = format!("Content-Length: {length}");
    let head = Request::png().head(&[&length, "Expect: 100-continue"]);
    let (interim, mut wire) = ask(gateway, head).await;
    assert_eq!(interim.status, 100);
    wire.send(vec![b' '; bytes]).await;
    wire
}

#[tokio::test]
async fn slow_bodies_do_not_block_ordinary_uploads() {
    const LIMIT: usize = 4;
    let limit = LIMIT.to_string();
    let settings = [("MAX_UPLOADS_IN_FLIGHT", limit.as_str())];
    let service = storing(&[&settings[..], &PATIENT].concat()).await;
    let mut slow = Vec::new();
    for _ in 0..2 * LIMIT {
        slow.push(begin_body(&service.gateway, 6_000_000, 1).await);
    }
    store(&service.gateway, Request::png().to_bytes()).await;
    for wire in &slow {
        assert!(!wire.is_readable_within(Duration::ZERO).await);
    }
}

#[tokio::test]
async fn slow_bodies_do_not_block_connections() {
    const LIMIT: usize = 2;
    let limit = LIMIT.to_string();
    let settings = [("MAX_CONNECTIONS", limit.as_str())];
    let service = storing(&[&settings[..], &PATIENT].concat()).await;
    let mut slow = Vec::new();
    for _ in 0..LIMIT {
        slow.push(begin_body(&service.gateway, 6_000_000, 1).await);
    }
    store(&service.gateway, Request::png().to_bytes()).await;
    // The other one still has its connection.
    let answer = slow[0].answer().await;
    answer.assert_refused(503, "13", &["other uploads arrive faster"]);
    assert!(!slow[1].is_readable_within(Duration::ZERO).await);
}

#[tokio::test]
async fn slowest_body_is_evicted_when_memory_is_full() {
    const ROOM: usize = 4_000_000;
    let room = ROOM.to_string();
    let settings = [
        ("MAX_BODY_BYTES", room.as_str()),
        ("MAX_BODY_MEMORY_BYTES", &room),
    ];
    let service = storing(&[&settings[..], &PATIENT].concat()).await;
    let mut stalled = begin_body(&service.gateway, ROOM, 2_500_000).await;
    let mut faster = begin_body(&service.gateway, ROOM, 300_000).await;
    // A third body exceeds the memory.
    let upload = Request::upload("txt", &b"a".repeat(1_000_000));
    let mut stored = 0;
    // Every client may pause for a moment, and at first not all that was sent has been read.
    let gives_way = async {
        while !stalled.is_readable_within(Duration::ZERO).await {
            faster.send(vec![b' '; 20_000]).await;
            match service.gateway.send(&upload).await.status {
                200 => stored += 1,
                status => assert_eq!(status, 503),
            }
        }
    };
    in_time("the slowest body must give way", gives_way).await;

    let answer = stalled.answer().await;
    answer.assert_refused(503, "13", &["other uploads arrive faster", "retry"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(!faster.is_readable_within(Duration::ZERO).await);
    service.gateway.send(&upload).await.assert_stored();
    assert_eq!(received(&service.upstream).await.len(), stored + 1);
}
