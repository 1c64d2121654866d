//! `Expect: 100-continue` (RFC 9110 section 10.1.1): a client that asks first sends nothing in vain.

use gateway_tests::{HeldUpstream, OBJECT_KEY, Request, Wire, assert_untouched, upstream_storing};

use crate::{gateway, upload};

/// The head of a request that announces its body and waits.
fn head(request: &Request) -> String {
    let length = format!("Content-Length: {}", request.body.len());
    request.head(&[&length, "Expect: 100-continue"])
}

#[tokio::test]
async fn an_accepted_head_is_asked_for_its_body() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[]).await;
    let mut wire = Wire::open(gateway.address()).await;
    wire.send(head(&upload()))
        .await
        .expect("an open connection");
    let interim = wire.answer().await.expect("an answer");
    assert_eq!(interim.status, 100);
    assert_untouched(&upstream).await;
    wire.send(upload().body).await.expect("an open connection");
    let answer = wire.answer().await.expect("an answer");
    assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
}

#[tokio::test]
async fn a_refused_head_gets_its_answer_and_is_not_asked() {
    let upstream = upstream_storing().await;
    let gateway = gateway(&upstream.uri(), &[("MAX_BODY_BYTES", "1000")]).await;
    let cases = [
        (upload().without("ccmessaging-token"), 400),
        (upload().without("authorization"), 401),
        (upload().path("/unknown"), 404),
        (upload().method("PUT"), 405),
        (Request::new(vec![b' '; 1001]), 413),
        (upload().with("content-type", "application/pdf"), 415),
        (upload().with("content-encoding", "gzip"), 415),
    ];
    for (request, status) in cases {
        let mut wire = Wire::open(gateway.address()).await;
        wire.send(head(&request)).await.expect("an open connection");
        let answer = wire.answer().await.expect("an answer");
        assert_eq!(answer.status, status, "{}", answer.text);
        // The body may or may not follow, so nothing else can: the connection is closed.
        assert_eq!(wire.drain().await, 0);
    }
    assert_untouched(&upstream).await;
}

#[tokio::test]
async fn a_full_gateway_does_not_ask_for_a_body() {
    let mut upstream = HeldUpstream::start().await;
    let gateway = gateway(upstream.uri(), &[("MAX_UPLOADS_IN_FLIGHT", "1")]).await;
    let mut first = Wire::open(gateway.address()).await;
    first
        .send(upload().to_bytes())
        .await
        .expect("an open connection");
    upstream.until_holding(1).await;
    let mut second = Wire::open(gateway.address()).await;
    second
        .send(head(&upload()))
        .await
        .expect("an open connection");
    let answer = second.answer().await.expect("an answer");
    answer.assert_refused(503, "13", &["full"]);
    upstream.assert_no_more();
    upstream.release();
    assert_eq!(first.answer().await.expect("an answer").status, 200);
}
