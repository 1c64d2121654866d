//! More than the gateway takes.

use std::time::Duration;

use gateway_tests::{HeldUpstream, OBJECT_KEY, Request, Wire, upstream_storing};

use crate::{gateway, upload};

#[tokio::test]
async fn a_full_gateway_answers_before_it_has_the_body() {
    let mut upstream = HeldUpstream::start().await;
    let gateway = gateway(upstream.uri(), &[("MAX_UPLOADS_IN_FLIGHT", "2")]).await;
    let mut held = [
        Wire::open(gateway.address()).await,
        Wire::open(gateway.address()).await,
    ];
    for wire in &mut held {
        wire.send(upload().to_bytes())
            .await
            .expect("an open connection");
    }
    upstream.until_holding(2).await;

    let mut shed = Wire::open(gateway.address()).await;
    let request = upload();
    let length = format!("Content-Length: {}", request.body.len());
    shed.send(request.head(&[&length]))
        .await
        .expect("an open connection");
    let answer = shed.answer().await.expect("an answer");
    answer.assert_refused(503, "13", &["full", "again"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    upstream.assert_no_more();

    // The body that was refused may still come; after it, the connection serves on.
    shed.send(request.body).await.expect("an open connection");
    upstream.release();
    for wire in &mut held {
        let answer = wire.answer().await.expect("an answer");
        assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
    }
    shed.send(upload().to_bytes())
        .await
        .expect("an open connection");
    let answer = shed.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}

/// A client that writes its whole body before it reads: were the connection closed under it, it
/// would see a reset instead of the answer.
#[tokio::test]
async fn a_client_that_sends_on_sees_why_it_was_refused() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[("MAX_BODY_BYTES", "4000000")]).await;
    let cases = [
        (
            Request::new(vec![b' '; 4_000_000]).without("authorization"),
            401,
        ),
        (Request::new(vec![b' '; 4_000_000]).path("/unknown"), 404),
        (Request::new(vec![b' '; 4_000_000]).path("/healthz"), 405),
        (Request::new(vec![b' '; 8_000_000]), 413),
    ];
    let mut wire = Wire::open(gateway.address()).await;
    for (request, status) in cases {
        wire.send(request.to_bytes())
            .await
            .expect("an open connection");
        let answer = wire.answer().await.expect("an answer");
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    gateway_tests::assert_untouched(&upstream).await;
}

#[tokio::test]
async fn a_refused_body_is_not_read_for_ever() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[("MAX_BODY_BYTES", "100000")]).await;
    let mut wire = Wire::open(gateway.address()).await;
    let head = upload().head(&["Transfer-Encoding: chunked"]);
    wire.send(head).await.expect("an open connection");
    let chunk = format!("2710\r\n{}\r\n", " ".repeat(10_000));
    while wire.send(&chunk).await.is_ok() {}
    gateway_tests::assert_untouched(&upstream).await;
}

#[tokio::test]
async fn a_refused_body_holds_no_slot_while_it_is_thrown_away() {
    let upstream = upstream_storing().await;
    let settings = [("MAX_UPLOADS_IN_FLIGHT", "1"), ("MAX_BODY_BYTES", "100000")];
    let gateway = gateway(&upstream.uri(), &settings).await;
    let mut refused = Wire::open(gateway.address()).await;
    // Without a declared length, so that it had its slot until the limit was passed.
    let head = upload().head(&["Transfer-Encoding: chunked"]);
    let chunk = format!("186a1\r\n{}\r\n", " ".repeat(100_001));
    refused
        .send(head + &chunk)
        .await
        .expect("an open connection");
    let answer = refused.answer().await.expect("an answer");
    answer.assert_refused(413, "3", &["100000 bytes"]);

    let mut next = Wire::open(gateway.address()).await;
    next.send(upload().to_bytes())
        .await
        .expect("an open connection");
    let answer = next.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);

    refused.send("0\r\n\r\n").await.expect("an open connection");
    refused
        .send(upload().to_bytes())
        .await
        .expect("an open connection");
    let answer = refused.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_until_one_is_closed() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[("MAX_CONNECTIONS", "2")]).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut wire = Wire::open(gateway.address()).await;
        wire.send(upload().to_bytes())
            .await
            .expect("an open connection");
        assert_eq!(wire.answer().await.expect("an answer").status, 200);
        open.push(wire);
    }
    let mut waiting = Wire::open(gateway.address()).await;
    waiting
        .send(upload().to_bytes())
        .await
        .expect("the system's queue");
    // Both open connections are served as before; by then a third would have been answered too.
    for wire in &mut open {
        wire.send(upload().to_bytes())
            .await
            .expect("an open connection");
        assert_eq!(wire.answer().await.expect("an answer").status, 200);
    }
    assert!(!waiting.is_readable_within(Duration::from_millis(50)).await);
    let received = upstream.received_requests().await.expect("recording is on");
    assert_eq!(received.len(), 4);

    drop(open.pop());
    let answer = waiting.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}
